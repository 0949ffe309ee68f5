{{/* Names, labels, images and security contexts: everything that every workload has alike. */}}

{{- define "vaultaris.name" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* Host name of a Service of this release; list: root, component. Absolute enough for `ndots: 2`. */}}
{{- define "vaultaris.host" -}}
{{- $root := index . 0 -}}
{{- printf "%s-%s.%s.svc.%s" (include "vaultaris.name" $root) (index . 1) $root.Release.Namespace $root.Values.clusterDomain -}}
{{- end -}}

{{/* What selects the pods of one component; list: root, component. Never changes between versions. */}}
{{- define "vaultaris.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: vaultaris
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{/* Labels of every object; list: root, component. */}}
{{- define "vaultaris.labels" -}}
{{- $root := index . 0 -}}
{{ include "vaultaris.selector" . }}
app.kubernetes.io/part-of: vaultaris
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version }}
{{- end -}}

{{/* An image by tag or, better, by digest; dict: repository, tag, digest. */}}
{{- define "vaultaris.image" -}}
{{- if .digest -}}{{ .repository }}@{{ .digest }}{{- else -}}{{ .repository }}:{{ .tag }}{{- end -}}
{{- end -}}

{{- define "vaultaris.productImage" -}}
{{- include "vaultaris.image" (dict "repository" .Values.image.repository "digest" .Values.image.digest "tag" (default .Chart.AppVersion .Values.image.tag)) -}}
{{- end -}}

{{/* Restricted Pod Security, for the pod; argument: the user id. */}}
{{- define "vaultaris.podSecurity" -}}
runAsNonRoot: true
runAsUser: {{ . }}
runAsGroup: {{ . }}
fsGroup: {{ . }}
fsGroupChangePolicy: OnRootMismatch
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{/* Restricted Pod Security, for the container. */}}
{{- define "vaultaris.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end -}}

{{/* The beginning of every pod of the release; list: root, user id. */}}
{{- define "vaultaris.pod" -}}
{{- $root := index . 0 -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  {{- include "vaultaris.podSecurity" (index . 1) | nindent 2 }}
dnsConfig:
  options: [{name: ndots, value: "2"}]
{{- with $root.Values.image.pullSecrets }}
imagePullSecrets: {{ toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Where a workload's pods go; list: root, component, settings. */}}
{{- define "vaultaris.placement" -}}
{{- $settings := index . 2 -}}
topologySpreadConstraints:
  {{- range $key := list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - topologyKey: {{ $key }}
    maxSkew: 1
    whenUnsatisfiable: {{ $settings.spread }}
    matchLabelKeys: [pod-template-hash]
    labelSelector:
      matchLabels: {{- include "vaultaris.selector" $ | nindent 8 }}
  {{- end }}
{{ include "vaultaris.nodes" $settings }}
{{- end -}}

{{/* Which nodes a pod may run on; settings of a workload, or the defaults for what is none. */}}
{{- define "vaultaris.nodes" -}}
{{- with .nodeSelector }}
nodeSelector: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end -}}
