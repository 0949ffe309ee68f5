{{/* Where PostgreSQL, Valkey and NATS are: bundled for a trial, or the operator's own. Passwords come by reference. */}}

{{- define "vaultaris.databaseAddress" -}}
{{- if eq .Values.postgresql.mode "bundled" -}}
{{ include "vaultaris.host" (list . "postgresql") }}:5432/vaultaris
{{- else -}}
{{- with .Values.postgresql.external -}}
{{ required "postgresql.external.host is needed" .host }}:{{ .port }}/{{ .database }}{{ with .options }}?{{ . }}{{ end }}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* The authority of stores over TLS, where it is not one that everybody knows. */}}
{{- define "vaultaris.storesTlsEnvironment" -}}
{{- if .Values.storesTls.caSecret }}
- {name: STORES_TLS_CA, value: /etc/vaultaris/stores/ca.crt}
{{- end }}
{{- end -}}

{{- define "vaultaris.storesTlsMount" -}}
{{- if .Values.storesTls.caSecret }}
- {name: stores-tls, mountPath: /etc/vaultaris/stores, readOnly: true}
{{- end }}
{{- end -}}

{{- define "vaultaris.storesTlsVolume" -}}
{{- with .Values.storesTls }}
{{- if .caSecret }}
- name: stores-tls
  secret:
    secretName: {{ .caSecret }}
    items: [{key: {{ .key }}, path: ca.crt}]
    defaultMode: 0440
{{- end }}
{{- end }}
{{- end -}}

{{/* list: root, service. The kubelet puts the password in; it must not need escaping in a URL. */}}
{{- define "vaultaris.databaseEnvironment" -}}
{{- $root := index . 0 }}
- name: DATABASE_SERVICE_PASSWORD
  valueFrom: {secretKeyRef: {name: {{ include "vaultaris.keysSecret" $root }}, key: database-service-password}}
- {name: DATABASE_URL, value: "postgresql://vaultaris_{{ index . 1 }}:$(DATABASE_SERVICE_PASSWORD)@{{ include "vaultaris.databaseAddress" $root }}"}
{{- end -}}

{{- define "vaultaris.migrationEnvironment" -}}
{{- if eq .Values.postgresql.mode "bundled" }}
- name: DATABASE_OWNER_PASSWORD
  valueFrom: {secretKeyRef: {name: {{ include "vaultaris.keysSecret" . }}, key: postgresql-owner-password}}
- {name: MIGRATION_DATABASE_URL, value: "postgresql://vaultaris:$(DATABASE_OWNER_PASSWORD)@{{ include "vaultaris.databaseAddress" . }}"}
{{- else }}
{{- $owner := .Values.postgresql.external.ownerUrl }}
- name: MIGRATION_DATABASE_URL
  valueFrom: {secretKeyRef: {name: {{ required "postgresql.external.ownerUrl.secret is needed" $owner.secret }}, key: {{ $owner.key }}}}
{{- end }}
{{- end -}}

{{- define "vaultaris.valkeyEnvironment" -}}
{{- if eq .Values.valkey.mode "bundled" }}
- name: VALKEY_PASSWORD
  valueFrom: {secretKeyRef: {name: {{ include "vaultaris.keysSecret" . }}, key: valkey-password}}
- {name: REDIS_URL, value: "redis://:$(VALKEY_PASSWORD)@{{ include "vaultaris.host" (list . "valkey") }}:6379/0"}
{{- else if eq .Values.valkey.mode "external" }}
{{- $url := .Values.valkey.external.url }}
- name: REDIS_URL
  valueFrom: {secretKeyRef: {name: {{ required "valkey.external.url.secret is needed" $url.secret }}, key: {{ $url.key }}}}
{{- end }}
{{- end -}}

{{- define "vaultaris.natsEnvironment" -}}
{{- if eq .Values.nats.mode "bundled" }}
- name: NATS_PASSWORD
  valueFrom: {secretKeyRef: {name: {{ include "vaultaris.keysSecret" . }}, key: nats-password}}
- {name: NATS_URL, value: "nats://vaultaris:$(NATS_PASSWORD)@{{ include "vaultaris.host" (list . "nats") }}:4222"}
{{- else }}
{{- $url := .Values.nats.external.url }}
- name: NATS_URL
  valueFrom: {secretKeyRef: {name: {{ required "nats.external.url.secret is needed" $url.secret }}, key: {{ $url.key }}}}
{{- end }}
{{- end -}}
