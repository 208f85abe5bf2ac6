{{/* Labels that find the replicas. Names do not depend on the release: a cluster has one of these. */}}
{{- define "kubectl-maint.selector" -}}
app.kubernetes.io/name: kubectl-maint
{{- end }}

{{/* Labels of objects about the whole. Takes the root. */}}
{{- define "kubectl-maint.labels" -}}
app.kubernetes.io/name: kubectl-maint
{{ include "kubectl-maint.releaseLabels" . }}
{{- end }}

{{- define "kubectl-maint.releaseLabels" -}}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name (.Chart.Version | replace "+" "_") }}
{{- end }}

{{- define "kubectl-maint.image" -}}
{{- $image := .Values.image -}}
{{- if $image.digest -}}
{{ $image.repository }}@{{ $image.digest }}
{{- else -}}
{{ $image.repository }}:{{ $image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end }}

{{/* What Pod Security calls restricted. The group lets the user read a mounted certificate. */}}
{{- define "kubectl-maint.podSecurity" -}}
runAsNonRoot: true
{{- with .Values.runAsUser }}
runAsUser: {{ . }}
runAsGroup: {{ . }}
fsGroup: {{ . }}
{{- end }}
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "kubectl-maint.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{/*
Seconds from the wish to end a pod to its death: it drains, then lets answers under way go out for 5 s
(webhook/serve.ts, LAST_ANSWERS_MS), and a node that is being drained itself is slow.
*/}}
{{- define "kubectl-maint.graceSeconds" -}}
{{ add .Values.drainSeconds 5 15 }}
{{- end }}

{{/* Rules of a role from grants. */}}
{{- define "kubectl-maint.rules" -}}
{{- range . }}
- apiGroups: [{{ .group | quote }}]
  resources: [{{ .resource | quote }}]
  verbs: {{ toJson .verbs }}
  {{- with .names }}
  resourceNames: {{ toJson . }}
  {{- end }}
{{- end }}
{{- end }}

{{/* Kinds of objects, as `group/version/resource`, through which the user's own tools name nodes; a JSON list. */}}
{{- define "kubectl-maint.lookups" -}}
{{- $resources := list -}}
{{- range .Values.policy.tools -}}
{{- range .patterns -}}
{{- if eq (dig "node" "in" "" .) "object" -}}
{{- $resources = append $resources .node.resource -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{ $resources | uniq | sortAlpha | toJson }}
{{- end }}

{{/* Name of the mounted Secret with the serving certificate; empty where the replicas make their own. */}}
{{- define "kubectl-maint.tlsSecret" -}}
{{- if eq .Values.certificates.source "certManager" -}}
kubectl-maint-tls
{{- else if eq .Values.certificates.source "existingSecret" -}}
{{ required "certificates.existingSecret: name the Secret" .Values.certificates.existingSecret }}
{{- end -}}
{{- end }}

{{/* From these networks; an empty list is from anywhere. */}}
{{- define "kubectl-maint.peers" -}}
{{- range . }}
- ipBlock: { cidr: {{ . | quote }} }
{{- end }}
{{- end }}

{{/* Labels of what a hook makes: the Service must not find its pods. */}}
{{- define "kubectl-maint.hookLabels" -}}
app.kubernetes.io/name: kubectl-maint-uninstall
{{ include "kubectl-maint.releaseLabels" . }}
{{- end }}

{{/* Takes the weight: lower ones come first. */}}
{{- define "kubectl-maint.hookAnnotations" -}}
helm.sh/hook: pre-delete
helm.sh/hook-weight: {{ . | quote }}
helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- end }}

{{/*
A pod that runs one command of the image to its end. Takes the root and the command. It goes onto any node, also where
nothing else may: every node of the cluster may be in maintenance, or full.
*/}}
{{- define "kubectl-maint.onePod" -}}
automountServiceAccountToken: true
enableServiceLinks: false
restartPolicy: Never
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
tolerations: [{ operator: Exists }]
{{- with .root.Values.priorityClass.name }}
priorityClassName: {{ . }}
{{- end }}
securityContext: {{- include "kubectl-maint.podSecurity" .root | nindent 2 }}
containers:
  - name: {{ .command }}
    image: {{ include "kubectl-maint.image" .root }}
    imagePullPolicy: {{ .root.Values.image.pullPolicy }}
    args: [{{ .command }}]
    resources:
      # Seen: 101 MiB.
      requests: { cpu: 10m, memory: 112Mi }
      limits: { memory: 192Mi }
    securityContext: {{- include "kubectl-maint.containerSecurity" .root | nindent 6 }}
{{- end }}

{{/* `yes` where the floor that comes with the chart decides a rule as the policy of the values does, but for its mode. */}}
{{- define "kubectl-maint.floorClaims" -}}
{{- $given := get .values.policy.rules .rule | default dict -}}
{{- $isGuard := eq .rule "node-guard" -}}
{{- if or $isGuard (and (eq .values.policy.preset "default") (not $given.scope) (not $given.tools) (not .values.policy.tools)) -}}yes{{- end -}}
{{- end }}
