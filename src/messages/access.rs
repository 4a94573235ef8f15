//! Messages about how a connector is let in, and about the protocols with defaults of their own.

catalogue! {
    token_origin(key) { en: "the server of `{key}` is not given by a setting and not written out", de: "der Server von `{key}` stammt weder aus einer Einstellung noch ist er ausgeschrieben" }
    token_origin_why() { en: "secrets are sent there, so whoever trusts this file must see where that is", de: "dorthin gehen Geheimnisse; wer dieser Datei vertraut, muss sehen, wohin" }
    token_origin_help(key) { en: "write:   {key}: \"https://login.example.com/oauth2/token\", or begin it with a setting of `type: url`", de: "schreiben:   {key}: \"https://login.example.com/oauth2/token\", oder mit einer Einstellung vom `type: url` beginnen" }
    grants() { en: "the grant is client_credentials, refresh_token or jwt_bearer", de: "`grant` ist client_credentials, refresh_token oder jwt_bearer" }
    grants_help() { en: "for a grant that needs a browser write refresh_token with `authorize_url`, and run `dsr login`", de: "für eine Anmeldung im Browser refresh_token mit `authorize_url` schreiben und `dsr login` aufrufen" }
    client_auths() { en: "the client says who it is by body, basic or jwt", de: "der Client weist sich mit body, basic oder jwt aus" }
    client_auths_help() { en: "leave it out for body", de: "für body weglassen" }
    algorithms() { en: "the algorithm is RS256, PS256 or ES256", de: "das Verfahren ist RS256, PS256 oder ES256" }
    algorithms_help() { en: "leave it out for RS256", de: "für RS256 weglassen" }
    signatures() { en: "the signature is HMAC-SHA256 or HMAC-SHA1", de: "die Signatur ist HMAC-SHA256 oder HMAC-SHA1" }
    signatures_help() { en: "leave it out for HMAC-SHA256", de: "für HMAC-SHA256 weglassen" }
    idle_word(word, beside) { en: "`{word}` does nothing beside `{beside}`", de: "`{word}` bewirkt neben `{beside}` nichts" }
    idle_word_help() { en: "leave it out", de: "weglassen" }
    our_parameter(name) { en: "`{name}` is set by dsr itself", de: "`{name}` setzt dsr selbst" }
    our_parameter_help() { en: "leave it out; the other keys beside it say what it becomes", de: "weglassen; die anderen Schlüssel daneben sagen, was daraus wird" }
    empty_session() { en: "this log-in brings nothing that lets in", de: "diese Anmeldung bringt nichts, womit man hereinkommt" }
    empty_session_help() { en: "name what its reply holds:   capture: {{ token: $.token }}, or keep its cookies:   cookies: true", de: "angeben, was die Antwort enthält:   capture: {{ token: $.token }}, oder die Cookies behalten:   cookies: true" }
    capture_name(name) { en: "`{name}` is no name for a captured value", de: "`{name}` ist kein Name für einen entnommenen Wert" }
    capture_name_help() { en: "use letters, digits and `_`", de: "Buchstaben, Ziffern und `_` verwenden" }
    call_elsewhere(word) { en: "`{word}` belongs to `protocol: jsonrpc2`", de: "`{word}` gehört zu `protocol: jsonrpc2`" }
    call_elsewhere_help() { en: "write that under `api`, or send a request with a verb and a path", de: "das unter `api` schreiben, oder eine Anfrage mit Verb und Pfad senden" }
    empty_envelope() { en: "the envelope does not hold the call", de: "der Umschlag enthält den Aufruf nicht" }
    empty_envelope_help() { en: "put it in by {{{{ call }}}} or parts of it, such as {{{{ call.args }}}}", de: "ihn mit {{{{ call }}}} oder Teilen davon einsetzen, etwa {{{{ call.args }}}}" }
    secret_not_alone(name) { en: "`{name}` uses a secret that stands in a body only alone", de: "`{name}` verwendet ein Geheimnis, das in einem Inhalt nur allein stehen darf" }
    secret_not_alone_why() { en: "only a value that is the whole secret can be taken out again wherever the request is shown", de: "nur ein Wert, der das ganze Geheimnis ist, lässt sich überall wieder entfernen, wo die Anfrage gezeigt wird" }
    secret_not_alone_help() { en: "write it as a value of its own and without a filter:   token: \"{{{{ auth.token }}}}\"", de: "als eigenen Wert und ohne Filter schreiben:   token: \"{{{{ auth.token }}}}\"" }
}
