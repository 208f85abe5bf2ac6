{{/*
What the pods of the chart have in common. A Deployment's part is its name: its pods are found by the label
app.kubernetes.io/name of that value, and nothing else has it.
*/}}

{{- define "kubectl-maint.image" -}}
{{- $image := .Values.image -}}
{{- /* As every runtime reads it: a first part with a dot or a port is a registry. */ -}}
{{- $own := regexMatch "^([^/]*[.:][^/]*|localhost)/" $image.repository -}}
{{- $registry := .Values.global.imageRegistry | default $image.registry | default "" -}}
{{- /* Only a cluster tells kinds: who renders without one may go on with a name that is nobody's. */ -}}
{{- if and (not $own) (regexMatch "(^|\\.)example\\.com(/|$)" $registry) (.Capabilities.APIVersions.Has "v1/Pod") -}}
{{- fail (printf "no node could pull the image: %s is a placeholder until an image is published.\nPush one to a registry of yours (`npm run image` builds it), and name that: --set image.registry=REGISTRY" $registry) -}}
{{- end -}}
{{- with ternary "" $registry $own }}{{ . }}/{{ end -}}
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

{{/* Labels and annotations of a Deployment's pods. Takes the root, and the name of the Deployment. */}}
{{- define "kubectl-maint.podMetadata" -}}
labels:
  app.kubernetes.io/name: {{ .name }}
  {{- include "kubectl-maint.releaseLabels" .root | nindent 2 }}
  {{- with .root.Values.podLabels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with .root.Values.podAnnotations }}
annotations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* What every pod that calls the API server says of itself, whatever it runs. Takes the root. */}}
{{- define "kubectl-maint.pod" -}}
automountServiceAccountToken: true
{{ include "kubectl-maint.podWithoutToken" . }}
{{- end }}

{{- define "kubectl-maint.podWithoutToken" -}}
enableServiceLinks: false
{{- with .Values.image.pullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
securityContext: {{- include "kubectl-maint.podSecurity" . | nindent 2 }}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Where a Deployment's pods stand. Takes the root, and the name of the Deployment. */}}
{{- define "kubectl-maint.placement" -}}
{{- with .root.Values.priorityClass.name }}
priorityClassName: {{ . }}
{{- end }}
{{- with .root.Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- if kindIs "invalid" .root.Values.topologySpreadConstraints }}
# A drained node must not take every replica with it; a cluster of one node still gets them all.
topologySpreadConstraints:
  {{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
  - topologyKey: {{ . }}
    maxSkew: 1
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels: { app.kubernetes.io/name: {{ $.name }} }
    matchLabelKeys: [pod-template-hash]
  {{- end }}
{{- else if .root.Values.topologySpreadConstraints }}
topologySpreadConstraints:
  {{- range .root.Values.topologySpreadConstraints }}
  - {{- toYaml . | nindent 4 }}
    {{- if not (hasKey . "labelSelector") }}
    labelSelector:
      matchLabels: { app.kubernetes.io/name: {{ $.name }} }
    {{- end }}
  {{- end }}
{{- end }}
{{- $apart := include "kubectl-maint.apart" .name | fromYaml }}
{{- $affinity := .root.Values.affinity }}
{{- if kindIs "invalid" $affinity }}
{{- $affinity = $apart }}
{{- else if ne .name "kubectl-maint" }}
{{- /* What it says of pods is said of the webhook's. */}}
{{- $affinity = merge (pick $affinity "nodeAffinity") $apart }}
{{- end }}
{{- with $affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/*
How a Deployment's pods are replaced: by one more first, or by one less where one more may fit nowhere, which would hang the
rollout. Takes the root, and the name of the Deployment. The scheduler counts a tainted node without a replica against a
constraint that it must keep, and `minDomains` counts nodes that are not there.
*/}}
{{- define "kubectl-maint.strategy" -}}
{{- $values := .root.Values -}}
{{- $less := and (eq .name "kubectl-maint") (or $values.hostNetwork (include "kubectl-maint.requiredApart" .root)) -}}
{{- range $values.topologySpreadConstraints }}{{ if eq .whenUnsatisfiable "DoNotSchedule" }}{{ $less = true }}{{ end }}{{ end -}}
rollingUpdate: {{ ternary "{ maxUnavailable: 1, maxSurge: 0 }" "{ maxUnavailable: 0, maxSurge: 1 }" (not (empty $less)) }}
{{- end }}

{{/* Not empty where the webhook's pods must not share a node, or whatever else `affinity` names. Takes the root. */}}
{{- define "kubectl-maint.requiredApart" -}}
{{- $apart := get (.Values.affinity | default dict) "podAntiAffinity" | default dict -}}
{{- if get $apart "requiredDuringSchedulingIgnoredDuringExecution" }}required{{ end -}}
{{- end }}

{{/* Pods of a Deployment would rather not share a node. Takes its name. */}}
{{- define "kubectl-maint.apart" -}}
podAntiAffinity:
  preferredDuringSchedulingIgnoredDuringExecution:
    - weight: 100
      podAffinityTerm:
        topologyKey: kubernetes.io/hostname
        labelSelector:
          matchLabels: { app.kubernetes.io/name: {{ . }} }
{{- end }}

{{/* What every container of the image has. Takes the root. */}}
{{- define "kubectl-maint.container" -}}
image: {{ include "kubectl-maint.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext: {{- include "kubectl-maint.containerSecurity" . | nindent 2 }}
{{- end }}

{{/* What a container that stays needs to know of where it is. Takes the root. */}}
{{- define "kubectl-maint.env" -}}
- name: POD_NAMESPACE
  valueFrom:
    fieldRef: { fieldPath: metadata.namespace }
# Three quarters of the limit for the heap, a quarter for bodies and the process itself.
- name: NODE_OPTIONS
  value: --max-old-space-size-percentage=75
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* The policy as a volume, and where --policy finds it. Takes the root. */}}
{{- define "kubectl-maint.policyVolume" -}}
- name: policy
  configMap: { name: {{ include "kubectl-maint.policyName" . }} }
{{- end }}

{{- define "kubectl-maint.policyMount" -}}
- { name: policy, mountPath: /etc/kubectl-maint/policy, readOnly: true }
{{- end }}

{{/* Probes of a container that stays, on its port `health`. */}}
{{- define "kubectl-maint.probes" -}}
# A minute for the first certificate and the first word of the API server.
startupProbe:
  httpGet: { path: /livez, port: health }
  periodSeconds: 1
  failureThreshold: 60
readinessProbe:
  httpGet: { path: /readyz, port: health }
  periodSeconds: 3
  timeoutSeconds: 2
  failureThreshold: 2
# A busy replica is late, not dead: it gets a minute.
livenessProbe:
  httpGet: { path: /livez, port: health }
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
{{- end }}

{{/*
A pod that runs one command of the image to its end. Takes the root, the command with its arguments, and the name of a
ConfigMap with a policy where it reads one: such a command calls no API server. It goes onto any node, also where nothing
else may: every node of the cluster may be in maintenance, or full.
*/}}
{{- define "kubectl-maint.onePod" -}}
automountServiceAccountToken: {{ not .policy }}
{{ include "kubectl-maint.podWithoutToken" .root }}
restartPolicy: Never
tolerations: [{ operator: Exists }]
{{- /* Before the first install there is no quota for the class yet. */}}
{{- if and .root.Values.priorityClass.name (not .root.Values.priorityClass.quota) }}
priorityClassName: {{ .root.Values.priorityClass.name }}
{{- end }}
containers:
  - name: {{ first .args }}
    {{- include "kubectl-maint.container" .root | nindent 4 }}
    args: {{ toJson .args }}
    resources:
      # Seen: 101 MiB.
      requests: { cpu: 10m, memory: 112Mi }
      limits: { memory: 192Mi }
    {{- if .policy }}
    volumeMounts:
      {{- include "kubectl-maint.policyMount" . | nindent 6 }}
    {{- end }}
{{- with .policy }}
volumes:
  - name: policy
    configMap: { name: {{ . }} }
{{- end }}
{{- end }}

{{/*
Seconds from the wish to end a pod to its death: it drains, then lets answers under way go out for 5 s
(webhook/serve.ts, LAST_ANSWERS_MS), and a node that is being drained itself is slow.
*/}}
{{- define "kubectl-maint.graceSeconds" -}}
{{ add .Values.drainSeconds 5 15 }}
{{- end }}
