// Examples in the OpenAPI document, by operation. A test holds them to the schemas.

export type Example = {
  /** By parameter. */
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  readonly answer?: unknown;
};

const CAMERA = 'hai-phong/box-017/nga-tu-1';
const INCIDENT = 'hai-phong.box-017.nga-tu-1-stopped-vehicle-1795302427000';
const AT = '2026-11-22T07:15:00.000+07:00';
const POSITION = { lat: 20.8561, lon: 106.6822 };

const camera = {
  ...{ id: CAMERA, site: 'hai-phong', agent: 'box-017', camera: 'nga-tu-1', name: 'Ngã tư Lạch Tray' },
  ...{ state: 'live', since: '2026-11-22T00:00:12.000Z', fault: null, detail: null, coverage: 0.998 },
  ...{ lastEventAt: '2026-11-22T00:14:59.000Z', position: POSITION, picture: { width: 1280, height: 720 } },
  ...{ lines: [{ line: 'north', directions: ['away', 'towards'] }], zones: ['approach'] },
};

const site = {
  ...{ site: 'hai-phong', name: 'Hải Phòng', position: POSITION },
  cameras: { total: 12, live: 10, fault: 1, offline: 1 },
  ...{ activeIncidents: 1, worstSeverity: 'high' },
};

const session = {
  ...{ user: 'lan', displayName: 'Nguyễn Thị Lan', role: 'operator' },
  permissions: ['read', 'stream', 'verdict'],
  ...{ kind: 'session', passwordChangeRequired: false, csrfToken: 'Zk9t…' },
  expiresAt: '2026-12-22T00:15:00.000Z',
};

const incident = {
  ...{ id: INCIDENT, camera: CAMERA, cameraName: 'Ngã tư Lạch Tray', kind: 'stopped-vehicle' },
  ...{ severity: 'high', state: 'active', verdict: 'confirmed', acknowledged: { by: 'lan', at: AT } },
  ...{ version: 3, confidence: 0.93, startedAt: AT, detectedAt: AT, updatedAt: AT },
  ...{ clearedAt: null, clearedBy: null, region: 'northbound', lane: null, roadUser: 'car' },
  ...{
    box: [412, 180, 488, 236],
    measures: { stoppedS: 41 },
    evidence: { snapshot: true, clip: false },
    unconfirmed: null,
    notes: 0,
  },
};

const WEEK = { camera: [CAMERA], from: '2026-11-16', to: '2026-11-23', every: '15m' };

/** Of the measured numbers: two quarter hours, the second of which was not observed. */
const series = {
  ...{ from: '2026-11-22T07:00:00.000+07:00', to: '2026-11-22T07:30:00.000+07:00', every: '15m' },
  timeZone: 'Asia/Ho_Chi_Minh',
  intervals: ['2026-11-22T07:00:00.000+07:00', AT],
  next: null,
};

export const EXAMPLES: Readonly<Record<string, Example>> = {
  accounts_signIn: { body: { name: 'lan', password: 'a sentence of your own' }, answer: session },
  accounts_whoAmI: { answer: session },
  accounts_addUser: { body: { name: 'lan', role: 'operator', displayName: 'Nguyễn Thị Lan' } },
  accounts_addToken: { body: { name: 'open data', scopes: ['read', 'stream'], lifetimeDays: 365 } },
  places_centre: {
    answer: {
      ...{ name: 'Hải Phòng', version: '1.0.0', timeZone: 'Asia/Ho_Chi_Minh', language: 'vi' },
      ...{ tiles: null, now: AT },
    },
  },
  places_sites: { answer: { sites: [site] } },
  places_placeSite: { body: { name: 'Hải Phòng', position: POSITION }, answer: site },
  places_cameras: { query: { site: 'hai-phong' }, answer: { cameras: [camera], next: null } },
  places_camera: { answer: camera },
  places_placeCamera: { body: { position: POSITION }, answer: { position: POSITION } },
  history_flows: {
    query: { ...WEEK, by: ['direction'] },
    answer: {
      ...series,
      series: [
        {
          ...{ camera: CAMERA, line: 'north', direction: 'towards' },
          ...{ coverage: [1, 0], n: [412, null], low: [404, null], high: [421, null], perHour: [1648, null] },
        },
      ],
    },
  },
  history_speeds: { query: WEEK },
  history_headways: { query: WEEK },
  history_occupancy: { query: WEEK },
  history_zones: { query: { ...WEEK, zone: 'approach' } },
  'history_turning-movements': { query: WEEK },
  'history_typical-day': {
    query: { camera: [CAMERA], day: ['working'], by: ['direction'], weeks: 8, every: '1h' },
    answer: {
      ...{ measure: 'perHour', from: '2026-09-27T00:00:00.000+07:00', to: '2026-11-22T00:00:00.000+07:00' },
      ...{ every: '1h', timeZone: 'Asia/Ho_Chi_Minh', times: ['00:00', '01:00'] },
      series: [
        {
          ...{ direction: 'towards', day: 'working', days: [40, 2], coverage: [0.998, 0.05] },
          ...{ median: [212, null], p15: [188.4, null], p85: [240.2, null] },
        },
      ],
    },
  },
  'slit-scans_slitScan': {
    query: { line: 'north', from: AT, to: '2026-11-22T07:16:00.000+07:00' },
    answer: {
      ...{ camera: CAMERA, line: 'north', from: AT, to: '2026-11-22T07:16:00.000+07:00', columns: 6 },
      directions: { toLeft: 'away', toRight: 'towards' },
      lanes: [
        { lane: 'inner', until: 0.48, direction: 'towards' },
        { lane: 'outer', until: 1, direction: 'towards' },
      ],
      pieces: [
        {
          ...{ from: AT, to: '2026-11-22T07:15:00.200+07:00', width: 18, height: 196 },
          frames: [0, 100, 200],
          picture: `/api/v1/cameras/${CAMERA}/slit-scan/picture?line=north&from=2026-11-22T07%3A15%3A00.000%2B07%3A00&sha256=${'0'.repeat(64)}`,
        },
      ],
      passages: [
        {
          ...{ at: '2026-11-22T07:15:00.133+07:00', direction: 'towards', lane: 'inner' },
          ...{ roadUser: 'motorcycle', speedKmh: 31.4, track: 812, along: 0.36, stored: true },
        },
      ],
      held: { from: '2026-11-15T08:00:00.000+07:00', to: '2026-11-22T07:21:07.900+07:00' },
      problem: null,
    },
  },
  incidents_list: {
    query: { state: 'active', severity: ['high', 'critical'] },
    answer: { incidents: [incident], next: null, problem: null },
  },
  incidents_judge: {
    body: { verdict: 'confirm', note: 'Đã cử xe cứu hộ', key: 'desk-3-000817' },
    answer: incident,
  },
};
