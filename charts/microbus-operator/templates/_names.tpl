{{/* Names and labels. */}}
{{- define "microbus-operator.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* At most 48 characters, so that "-resolver-pods" still fits into a Service's 63. */}}
{{- define "microbus-operator.fullname" -}}
{{- $name := include "microbus-operator.name" . -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 48 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 48 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 48 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "microbus-operator.selector" -}}
app.kubernetes.io/name: {{ include "microbus-operator.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "microbus-operator.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{ include "microbus-operator.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "microbus-operator.image" -}}
{{- $repository := required "image.repository is empty: say where the operator's image is, such as --set image.repository=registry.example/microbus-operator" .Values.image.repository -}}
{{- $tagged := printf "%s:%s" $repository (default .Chart.AppVersion .Values.image.tag) -}}
{{- if .Values.image.digest -}}{{ $tagged }}@{{ .Values.image.digest }}{{- else -}}{{ $tagged }}{{- end -}}
{{- end -}}

{{/* The namespaces that are served, as a JSON list; empty for all of them. */}}
{{- define "microbus-operator.namespaces" -}}
{{- if .Values.watch.allNamespaces -}}
{{- if .Values.watch.namespaces -}}
{{- fail "watch.namespaces and watch.allNamespaces are both set: give one of the two" -}}
{{- end -}}
[]
{{- else -}}
{{- default (list .Release.Namespace) .Values.watch.namespaces | uniq | toJson -}}
{{- end -}}
{{- end -}}

{{/* The same as arguments of the operator's programs. */}}
{{- define "microbus-operator.namespaceArguments" -}}
{{- range $index, $namespace := include "microbus-operator.namespaces" . | fromJsonArray -}}
{{- if $index }}{{ "\n" }}{{ end -}}
- --namespace={{ $namespace }}
{{- else -}}
- --all-namespaces
{{- end -}}
{{- end -}}

{{- define "microbus-operator.resolverUrl" -}}
http://{{ include "microbus-operator.fullname" . }}-resolver.{{ .Release.Namespace }}.svc:8080/jwt/v1/accounts/
{{- end -}}
