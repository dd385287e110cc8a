{{/* What every pod of the chart has in common: Pod Security `restricted`, and a root that cannot be written to. */}}
{{- define "microbus-operator.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "microbus-operator.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end -}}

{{/* A pod's labels and annotations. Takes (list root component); ours win over podLabels, since Services select by them. */}}
{{- define "microbus-operator.podMetadata" -}}
{{- $root := index . 0 -}}
{{- $ours := include "microbus-operator.selector" $root | fromYaml -}}
{{- $_ := set $ours "app.kubernetes.io/component" (index . 1) -}}
labels:
  {{- mergeOverwrite (dict) $root.Values.podLabels $ours | toYaml | nindent 2 }}
{{- with $root.Values.podAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "microbus-operator.podSpec" -}}
automountServiceAccountToken: true
enableServiceLinks: false
securityContext:
  {{- include "microbus-operator.podSecurity" . | nindent 2 }}
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Replicas on different nodes and in different zones, where there are such. Takes (list root component). */}}
{{- define "microbus-operator.spread" -}}
{{- $root := index . 0 -}}
{{- $component := index . 1 -}}
topologySpreadConstraints:
  {{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "microbus-operator.selector" $root | nindent 8 }}
        app.kubernetes.io/component: {{ $component }}
  {{- end }}
{{- end -}}
