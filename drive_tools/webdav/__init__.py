"""A drive as WebDAV (RFC 4918): WsgiDAV with a provider of files of a drive."""
