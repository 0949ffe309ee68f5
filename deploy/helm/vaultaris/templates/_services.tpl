{{/*
What the chart knows of each service and nobody configures:
grpc: answers other services; store: has a database, keys and a certificate; outbound: calls hosts outside
(mail, identity providers, webhooks); metrics: where Prometheus finds its own figures.
*/}}
{{- define "vaultaris.topology" -}}
auth:      {grpc: true,  store: true,  outbound: true,  metrics: /metrics}
directory: {grpc: true,  store: true,  outbound: true,  metrics: /metrics}
policy:    {grpc: true,  store: true,  outbound: false, metrics: /metrics}
sessions:  {grpc: true,  store: true,  outbound: true,  metrics: /metrics}
plugins:   {grpc: true,  store: true,  outbound: true,  metrics: /metrics}
audit:     {grpc: true,  store: true,  outbound: false, metrics: /metrics}
edge:      {grpc: false, store: false, outbound: false, metrics: /internal/metrics}
{{- end -}}

{{/* Settings of one workload: the defaults, and over them its own; list: root, component. */}}
{{- define "vaultaris.settings" -}}
{{- $root := index . 0 -}}
{{- $own := index . 1 | eq "gateway" | ternary $root.Values.gateway (index $root.Values.services (index . 1) | default dict) -}}
{{- mergeOverwrite (deepCopy $root.Values.defaults) (deepCopy $own) | toYaml -}}
{{- end -}}

{{/* Variables of the services and of Envoy's renderer alike. */}}
{{- define "vaultaris.sharedEnvironment" -}}
{{- $addresses := dict -}}
{{- range $name, $facts := include "vaultaris.topology" . | fromYaml -}}
{{- $host := include "vaultaris.host" (list $ $name) -}}
{{- $_ := set $addresses (printf "%s_HTTP" (upper $name)) (printf "%s:8080" $host) -}}
{{- if $facts.grpc -}}{{- $_ := set $addresses (printf "%s_GRPC" (upper $name)) (printf "%s:9090" $host) -}}{{- end -}}
{{- end -}}
{{- $_ := set $addresses "POLICY_PUBLIC_GRPC" (printf "%s:9091" (include "vaultaris.host" (list . "policy"))) -}}
{{- $_ := set $addresses "EDGE_LIMITER" (printf "%s:8081" (include "vaultaris.host" (list . "edge"))) -}}
{{- $decided := dict "EXTERNAL_URL" .Values.externalUrl "TRUSTED_PROXIES" (join "," .Values.trustedProxies) -}}
{{- $all := mergeOverwrite (deepCopy .Values.config) $decided $addresses -}}
{{- range $name, $value := $all }}
- {name: {{ $name }}, value: {{ $value | toString | quote }}}
{{- end }}
{{- end -}}

{{/* The environment of one service's container; list: root, name, facts, settings. */}}
{{- define "vaultaris.environment" -}}
{{- $root := index . 0 -}}{{- $name := index . 1 -}}{{- $facts := index . 2 -}}{{- $settings := index . 3 -}}
{{- include "vaultaris.sharedEnvironment" $root }}
- {name: SERVER_PORT, value: "8080"}
- {name: DRAIN_SECONDS, value: {{ $root.Values.drainSeconds | quote }}}
{{- if eq $name "edge" }}
- {name: LIMITER_PORT, value: "8081"}
{{- end }}
{{- if eq $name "policy" }}
- {name: PUBLIC_GRPC_PORT, value: "9091"}
{{- end }}
{{- if $facts.grpc }}
- {name: GRPC_PORT, value: "9090"}
- {name: GRPC_TLS_CA, value: /etc/vaultaris/tls/ca.crt}
- {name: GRPC_TLS_CERT, value: /etc/vaultaris/tls/tls.crt}
- {name: GRPC_TLS_KEY, value: /etc/vaultaris/tls/tls.key}
{{- end }}
{{- include "vaultaris.storesTlsEnvironment" $root }}
{{- include "vaultaris.valkeyEnvironment" $root }}
{{- if $facts.store }}
{{- include "vaultaris.databaseEnvironment" (list $root $name) }}
{{- include "vaultaris.natsEnvironment" $root }}
{{- range $variable, $key := dict "JWT_SECRET" "jwt-secret" "ENCRYPTION_KEY" "encryption-key" }}
- {name: {{ $variable }}, valueFrom: {secretKeyRef: {name: {{ include "vaultaris.keysSecret" $root }}, key: {{ $key }}}}}
{{- end }}
{{- range $variable, $source := $root.Values.secretConfig }}
- {name: {{ $variable }}, valueFrom: {secretKeyRef: {name: {{ $source.secret }}, key: {{ $source.key }}}}}
{{- end }}
{{- end }}
{{- with $settings.env }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Keys are read at the start, so new ones roll the pods; certificates are not. List: root, name, facts, settings. */}}
{{- define "vaultaris.podAnnotations" -}}
{{- $root := index . 0 -}}{{- $facts := index . 2 -}}
{{- with (index . 3).podAnnotations }}
{{- toYaml . }}
{{- end }}
{{- if and $facts.store (not $root.Values.keys.existingSecret) }}
vaultaris/keys: {{ include "vaultaris.keys" $root | sha256sum | trunc 16 | quote }}
{{- end }}
{{- end -}}
