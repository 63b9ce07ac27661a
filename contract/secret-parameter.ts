// How cameras and portals write user names and passwords into addresses.

/**
 * Parameters that are used for secrets: in the query, or in the path itself, as in
 * `/user=admin_password=…_channel=1_stream=0.sdp` of widespread recorders. The first group is all before the secret.
 */
export const SECRET_PARAMETER =
  /([?&;/](?:[a-z0-9_-]{0,100}(?:pass|pwd|psw|token|secret|key|auth|signature|session)[a-z0-9_-]{0,100}|user|username|usr|loginuse|loginpas|sig|u|p|pw)=)[^&;#\s'"]*/gi;
