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

{{/* How many replicas of the webhook: one more where requests are refused without any. */}}
{{- define "kubectl-maint.replicas" -}}
{{- if kindIs "invalid" .Values.replicas -}}
{{ ternary 3 2 (or (eq .Values.failurePolicy "Fail") (gt (len .Values.failClosed) 0)) }}
{{- else -}}
{{ .Values.replicas }}
{{- end -}}
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

{{/* What the user's own tools have to be asked about: objects through which they name nodes. */}}
{{- define "kubectl-maint.lookupRules" -}}
{{- $resources := list -}}
{{- range .Values.policy.tools -}}
{{- range .patterns -}}
{{- if eq (dig "node" "in" "" .) "object" -}}
{{- $resources = append $resources .node.resource -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range $resources | uniq | sortAlpha }}
{{ include "kubectl-maint.ruleOn" (dict "resource" . "verbs" (list "get")) }}
{{- end }}
{{- end }}

{{/* The same for whoever drains: objects whose work runs inside pods. */}}
{{- define "kubectl-maint.insideRules" -}}
{{- $resources := list -}}
{{- range .Values.policy.tools -}}
{{- range .patterns -}}
{{- with .inside }}{{ $resources = append $resources .resource }}{{ end -}}
{{- end -}}
{{- end -}}
{{- range $resources | uniq | sortAlpha }}
{{ include "kubectl-maint.ruleOn" (dict "resource" . "verbs" (list "list" "watch")) }}
{{- end }}
{{- end }}

{{/* Takes a resource as `group/version/resource`, the core group left out, and verbs. */}}
{{- define "kubectl-maint.ruleOn" -}}
{{- $parts := splitList "/" .resource -}}
- apiGroups: [{{ ternary (first $parts) "" (gt (len $parts) 2) | quote }}]
  resources: [{{ last $parts | quote }}]
  verbs: {{ toJson .verbs }}
{{- end }}

{{/* Name of the Secret with the serving certificate, which the controller, cert-manager or you keep. */}}
{{- define "kubectl-maint.tlsSecret" -}}
{{- if eq .Values.certificates.source "existingSecret" -}}
{{ required "certificates.existingSecret: name the Secret" .Values.certificates.existingSecret }}
{{- else -}}
kubectl-maint-tls
{{- end -}}
{{- end }}

{{/* From these networks; an empty list is from anywhere. */}}
{{- define "kubectl-maint.peers" -}}
{{- range . }}
- ipBlock: { cidr: {{ . | quote }} }
{{- end }}
{{- end }}

{{/* Labels of what a hook makes: the Service must not find its pods. Takes the root, and the hook's name. */}}
{{- define "kubectl-maint.hookLabels" -}}
app.kubernetes.io/name: {{ .name }}
{{ include "kubectl-maint.releaseLabels" .root }}
{{- end }}

{{/* Takes the hook's `on`, and the weight: lower ones come first. Helm prints what the pods say. */}}
{{- define "kubectl-maint.hookAnnotations" -}}
helm.sh/hook: {{ .on }}
helm.sh/hook-weight: {{ .weight | quote }}
helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
helm.sh/hook-output-log-policy: hook-failed,hook-succeeded
{{- end }}

{{/*
Of what a hook runs: Flux, to which it is an object like any other, would run it at once, the uninstall's as well, and leaves it
out. Not of its ClusterRole: Flux would wait in vain for one that it leaves out.
*/}}
{{- define "kubectl-maint.leftOutByFlux" -}}
kustomize.toolkit.fluxcd.io/ssa: Ignore
{{- end }}

{{/*
Why the chart brings no policies for a rule; empty where it does. The floor is made for the default policy but for the modes
(plugin/policy/chart-floor.ts says the same); the guard of the record is there whatever the values say of the rest.
*/}}
{{- define "kubectl-maint.withoutFloor" -}}
{{- $given := get .values.policy.rules .rule | default dict -}}
{{- if eq .rule "node-guard" -}}
{{- if not .values.recordGuard.enabled }}recordGuard.enabled is false{{ end -}}
{{- else if not .values.floor.enabled -}}floor.enabled is false
{{- else if ne .values.policy.preset "default" -}}policy.preset is {{ .values.policy.preset }}
{{- else if .values.policy.tools -}}policy.tools adds tools
{{- else if $given.scope -}}policy.rules.{{ .rule }}.scope is set
{{- else if $given.afterOverdue -}}policy.rules.{{ .rule }}.afterOverdue is set, which the webhook alone goes by
{{- else if $given.tools -}}policy.rules.{{ .rule }}.tools makes exceptions
{{- end -}}
{{- end }}

{{/* Lines about rules that are enforced, and by the webhook alone. */}}
{{- define "kubectl-maint.floorNotes" -}}
{{- range $rule := list "backup" "scan" -}}
{{- $given := get $.Values.policy.rules $rule | default dict -}}
{{- $why := include "kubectl-maint.withoutFloor" (dict "values" $.Values "rule" $rule) -}}
{{- if and $why (ne ($given.mode | default "enforce") "off") }}
  {{ $rule }}: {{ $why }}
{{- end -}}
{{- end -}}
{{- end }}

{{/* The policy as a document, and the name of its ConfigMap: another policy has another name, so that replicas start again. */}}
{{- define "kubectl-maint.policy" -}}
apiVersion: kubectl-maint.io/v1alpha1
kind: MaintenancePolicy
{{ toYaml .Values.policy }}
{{- end }}

{{- define "kubectl-maint.policyName" -}}
kubectl-maint-policy-{{ include "kubectl-maint.policy" . | sha256sum | trunc 10 }}
{{- end }}

{{/*
What no replica would start with and the schema cannot say in words that help (shared/targets/user-tools.ts and
shared/policy/config-file.ts say the same). Fails with every problem at once.
*/}}
{{- define "kubectl-maint.policyProblems" -}}
{{- $known := .Files.Get "files/known-tools.yaml" | fromYaml -}}
{{- $problems := list -}}
{{- $ids := list -}}
{{- range $index, $tool := .Values.policy.tools -}}
{{- $at := printf "policy.tools[%d]" $index -}}
{{- if has $tool.id $known.ids }}{{ $problems = append $problems (printf "%s.id: %s is the id of a built-in tool" $at $tool.id) }}{{ end -}}
{{- if has $tool.id $ids }}{{ $problems = append $problems (printf "%s.id: %s is already the id of a tool before it" $at $tool.id) }}{{ end -}}
{{- $ids = append $ids $tool.id -}}
{{- range $position, $pattern := $tool.patterns -}}
{{- $in := printf "%s.patterns[%d].match" $at $position -}}
{{- $match := $pattern.match -}}
{{- $evidence := false -}}
{{- range $known.evidence }}{{ if hasKey $match . }}{{ $evidence = true }}{{ end }}{{ end -}}
{{- range concat $match.kinds ($match.owners | default list) -}}
{{- if not (regexMatch "^(apps|batch)?/" .) }}{{ $evidence = true }}{{ end -}}
{{- end -}}
{{- if not $evidence }}{{ $problems = append $problems (printf "%s: is no evidence but a name, which anybody may choose: add owners, labels, images or commands" $in) }}{{ end -}}
{{- range $known.together -}}
{{- if hasKey $match .part -}}
{{- $beside := false -}}
{{- range .others }}{{ if hasKey $match . }}{{ $beside = true }}{{ end }}{{ end -}}
{{- if not $beside }}{{ $problems = append $problems (printf "%s.%s: counts only together with %s" $in .part (join " or " .others)) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- range $match.kinds -}}
{{- if has . $known.kinds }}{{ $problems = append $problems (printf "%s.kinds: %s is already known as a built-in tool's" $in .) }}{{ end -}}
{{- if contains ".k8s.io/" . }}{{ $problems = append $problems (printf "%s.kinds: %s is a kind of Kubernetes itself that is no work" $in .) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range $rule, $met := $known.met -}}
{{- range $tool := $.Values.policy.tools -}}
{{- range $tool.patterns -}}
{{- if or (eq $rule "addon") (eq .work $rule) }}{{ $met = append $met $tool.id }}{{ end -}}
{{- end -}}
{{- end -}}
{{- range $id, $_ := dig $rule "tools" dict $.Values.policy.rules -}}
{{- if not (has $id $met) }}{{ $problems = append $problems (printf "policy.rules.%s.tools.%s: is no tool that this rule meets: %s" $rule $id (join ", " $met)) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- with $problems }}{{ fail (printf "no replica would start with this policy\n%s" (join "\n" .)) }}{{ end -}}
{{- end }}
