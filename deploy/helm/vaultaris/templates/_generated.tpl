{{/*
Secrets and certificates that the chart makes itself. Each is made once: what the cluster already holds is
taken over, and one rendering makes each value once, however many templates ask (it is kept in .Values).
*/}}

{{- define "vaultaris.keysSecret" -}}
{{- .Values.keys.existingSecret | default (printf "%s-keys" (include "vaultaris.name" .)) -}}
{{- end -}}

{{/* The generated Secret's data as YAML, base64 as Kubernetes wants it. */}}
{{- define "vaultaris.keys" -}}
{{- if not (hasKey .Values "generatedKeys") -}}
{{- $held := (lookup "v1" "Secret" .Release.Namespace (include "vaultaris.keysSecret" .)).data | default dict -}}
{{- $names := list "jwt-secret" "encryption-key" "database-service-password" -}}
{{- if eq .Values.postgresql.mode "bundled" -}}
{{- $names = concat $names (list "postgresql-admin-password" "postgresql-owner-password") -}}
{{- end -}}
{{- range $store := list "valkey" "nats" -}}
{{- if eq (index $.Values $store).mode "bundled" -}}{{- $names = append $names (printf "%s-password" $store) -}}{{- end -}}
{{- end -}}
{{- $keys := deepCopy $held -}}
{{- range $names -}}
{{- if not (hasKey $keys .) -}}{{- $_ := set $keys . (randAlphaNum 32 | b64enc) -}}{{- end -}}
{{- end -}}
{{- $_ := set .Values "generatedKeys" $keys -}}
{{- end -}}
{{- toYaml .Values.generatedKeys -}}
{{- end -}}

{{- define "vaultaris.certificateSecret" -}}
{{- $root := index . 0 -}}
{{- if eq $root.Values.tls.mode "existing" -}}
{{- printf $root.Values.tls.existingSecretPattern (index . 1) -}}
{{- else -}}
{{- printf "%s-%s-tls" (include "vaultaris.name" $root) (index . 1) -}}
{{- end -}}
{{- end -}}

{{/*
The chart's own authority and the services' certificates as YAML: ca and each service with cert, key (base64) and
issued (seconds since 1970). An upgrade renews certificates that are older than tls.chart.renewAfterDays.
*/}}
{{- define "vaultaris.certificates" -}}
{{- if not (hasKey .Values "generatedCertificates") -}}
{{- $now := now | unixEpoch | int64 -}}
{{- $all := dict -}}
{{- $held := lookup "v1" "Secret" .Release.Namespace (printf "%s-ca" (include "vaultaris.name" .)) -}}
{{- $authority := dict -}}
{{- if $held -}}
{{- $authority = buildCustomCert (index $held.data "tls.crt") (index $held.data "tls.key") -}}
{{- else -}}
{{- $authority = genCAWithKey "vaultaris ca" (.Values.tls.chart.authorityDays | int) (genPrivateKey "ecdsa") -}}
{{- end -}}
{{- $_ := set $all "ca" (dict "cert" ($authority.Cert | b64enc) "key" ($authority.Key | b64enc)) -}}
{{- range $name, $facts := include "vaultaris.topology" . | fromYaml -}}
{{- if $facts.grpc -}}
{{- $old := lookup "v1" "Secret" $.Release.Namespace (include "vaultaris.certificateSecret" (list $ $name)) -}}
{{- $issued := dig "metadata" "annotations" "vaultaris/issued" "0" ($old | default dict) | int64 -}}
{{- $young := lt (sub $now $issued) (mul $.Values.tls.chart.renewAfterDays 86400) -}}
{{- if and $held $old $young (eq (index $old.data "ca.crt") ($authority.Cert | b64enc)) -}}
{{- $_ := set $all $name (dict "cert" (index $old.data "tls.crt") "key" (index $old.data "tls.key") "issued" ($issued | toString)) -}}
{{- else -}}
{{- $pair := genSignedCertWithKey $name (list "127.0.0.1") (list $name "localhost") ($.Values.tls.chart.certificateDays | int) $authority (genPrivateKey "ecdsa") -}}
{{- $_ := set $all $name (dict "cert" ($pair.Cert | b64enc) "key" ($pair.Key | b64enc) "issued" ($now | toString)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $_ := set .Values "generatedCertificates" $all -}}
{{- end -}}
{{- toYaml .Values.generatedCertificates -}}
{{- end -}}
