{{/*
What the operator does at the API server, verb by verb. Server-side apply of an object that is not there yet needs `create` beside
`patch`. No `list` or `watch` on Secrets: each is asked for by name.
*/}}
{{- define "microbus-operator.operatorRules" -}}
- apiGroups: [microbus.io]
  resources: [planes, microbusapps]
  verbs: [get, list, watch, patch]
- apiGroups: [microbus.io]
  resources: [planes/status, microbusapps/status]
  verbs: [patch]
# Owner references that block deletion need it where the API server enforces OwnerReferencesPermissionEnforcement.
- apiGroups: [microbus.io]
  resources: [planes/finalizers, microbusapps/finalizers]
  verbs: [update]
- apiGroups: [""]
  resources: [secrets]
  verbs: [get, create, patch, delete]
# Deleted only with a Plane whose deletionPolicy is Destroy.
- apiGroups: [""]
  resources: [configmaps]
  verbs: [get, create, patch, delete]
- apiGroups: [""]
  resources: [services]
  verbs: [get, create, patch]
# Deleted when its bundle leaves the app.
- apiGroups: [apps]
  resources: [deployments]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [apps]
  resources: [statefulsets]
  verbs: [get, list, watch, create, patch]
# Existing workloads that an app names; of these, and of others' Deployments and StatefulSets, one annotation is set.
- apiGroups: [apps]
  resources: [daemonsets]
  verbs: [get, patch]
# Whose address a connection comes from.
- apiGroups: [""]
  resources: [pods]
  verbs: [list]
# Only where an app has set credentials.restartDeafPerHour.
- apiGroups: [""]
  resources: [pods/eviction]
  verbs: [create]
- apiGroups: [policy]
  resources: [poddisruptionbudgets]
  verbs: [get, create, patch]
- apiGroups: [""]
  resources: [events]
  verbs: [create]
# Its labels decide which Planes a namespace's apps may join. A Role reaches the namespace that it is in.
- apiGroups: [""]
  resources: [namespaces]
  verbs: [get]
{{- end -}}

{{/* The resolver reads account JWTs, which are public, and holds no key. */}}
{{- define "microbus-operator.resolverRules" -}}
- apiGroups: [""]
  resources: [configmaps]
  verbs: [list, watch]
{{- end -}}

{{/* `helm test` sees whether the kinds are served. */}}
{{- define "microbus-operator.testRules" -}}
- apiGroups: [microbus.io]
  resources: [planes, microbusapps]
  verbs: [list]
{{- end -}}

{{/*
Roles and their bindings for one ServiceAccount: one pair a namespace, or cluster-wide. Takes a dict of root, component, rules and
annotations (of a hook; may be empty).
*/}}
{{- define "microbus-operator.roles" -}}
{{- $root := .root -}}
{{- $component := .component -}}
{{- $annotations := .annotations -}}
{{- $name := printf "%s-%s" (include "microbus-operator.fullname" $root) $component -}}
{{- $rules := include (printf "microbus-operator.%sRules" $component) $root -}}
{{- if $root.Values.watch.allNamespaces -}}
{{- $_ := include "microbus-operator.namespaces" $root }}
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: {{ $root.Release.Namespace }}-{{ $name }}
  labels:
    {{- include "microbus-operator.labels" $root | nindent 4 }}
  {{- with $annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
rules:
  {{- $rules | nindent 2 }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: {{ $root.Release.Namespace }}-{{ $name }}
  labels:
    {{- include "microbus-operator.labels" $root | nindent 4 }}
  {{- with $annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: {{ $root.Release.Namespace }}-{{ $name }}}
subjects:
  - {kind: ServiceAccount, name: {{ $name }}, namespace: {{ $root.Release.Namespace }}}
{{- else -}}
{{- range $index, $namespace := include "microbus-operator.namespaces" $root | fromJsonArray -}}
{{- if $index }}{{ "\n---\n" }}{{ end -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: {{ $name }}
  namespace: {{ $namespace }}
  labels:
    {{- include "microbus-operator.labels" $root | nindent 4 }}
  {{- with $annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
rules:
  {{- $rules | nindent 2 }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: {{ $name }}
  namespace: {{ $namespace }}
  labels:
    {{- include "microbus-operator.labels" $root | nindent 4 }}
  {{- with $annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: {{ $name }}}
subjects:
  - {kind: ServiceAccount, name: {{ $name }}, namespace: {{ $root.Release.Namespace }}}
{{- end -}}
{{- end -}}
{{- end -}}
