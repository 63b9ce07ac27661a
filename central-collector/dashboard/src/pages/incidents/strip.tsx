// Not written yet: active incidents beside the overview.

export function IncidentStrip() {
  return null;
}
