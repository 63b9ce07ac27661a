// Which pages are photographed, and at which sizes.

export const SIZES = {
  wall: { width: 1920, height: 1080, scale: 1 },
  laptop: { width: 1366, height: 768, scale: 1 },
  phone: { width: 390, height: 844, scale: 2 },
} as const;

export type Size = keyof typeof SIZES;
export const SIZE_NAMES = Object.keys(SIZES) as readonly Size[];
export const THEMES = ['night', 'day'] as const;
export type Theme = (typeof THEMES)[number];
export const LANGUAGES = ['vi', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

export type View = {
  readonly name: string;
  /** Address within the page; `{incident}` is the newest incident, `{date}` the day before yesterday. */
  readonly path: string;
  /** Default: all. */
  readonly sizes?: readonly Size[];
  /** Only while an incident is going on. */
  readonly duringIncident?: true;
  /** Without being signed in. */
  readonly signedOut?: true;
  /** Pictures that stand in the documentation, written to docs/images/centre. */
  readonly shown?: readonly { readonly size: Size; readonly theme: Theme; readonly language: Language }[];
};

const FIRST = '/hai-phong/box-001/nga-tu-1';
const SECOND = '/hai-phong/box-001/le-hong-phong';

export const VIEWS: readonly View[] = [
  { name: 'sign-in', path: '/sign-in', signedOut: true },
  {
    name: 'overview',
    path: '/',
    duringIncident: true,
    shown: [
      { size: 'laptop', theme: 'night', language: 'vi' },
      { size: 'laptop', theme: 'day', language: 'en' },
      { size: 'phone', theme: 'night', language: 'vi' },
    ],
  },
  {
    name: 'wall',
    path: '/?wall',
    sizes: ['wall'],
    duringIncident: true,
    shown: [{ size: 'wall', theme: 'night', language: 'vi' }],
  },
  {
    name: 'camera',
    path: `/cameras${SECOND}`,
    shown: [{ size: 'laptop', theme: 'night', language: 'en' }],
  },
  {
    name: 'incidents',
    path: '/incidents',
    duringIncident: true,
    shown: [
      { size: 'laptop', theme: 'night', language: 'vi' },
      { size: 'phone', theme: 'day', language: 'en' },
    ],
  },
  {
    name: 'incident',
    path: '/incidents/{incident}',
    shown: [{ size: 'laptop', theme: 'night', language: 'en' }],
  },
  {
    name: 'history',
    // A whole day, whatever the time is, beside what is usual at each time of it.
    path: '/history?period=yesterday&compare=typical',
    shown: [
      { size: 'laptop', theme: 'night', language: 'en' },
      { size: 'phone', theme: 'night', language: 'vi' },
    ],
  },
  {
    name: 'slit-scan',
    path: `/slit-scan${SECOND}`,
    shown: [{ size: 'laptop', theme: 'night', language: 'vi' }],
  },
  {
    name: 'turning',
    path: '/turning',
    shown: [{ size: 'laptop', theme: 'day', language: 'vi' }],
  },
  {
    name: 'health',
    path: '/health',
    shown: [{ size: 'laptop', theme: 'night', language: 'en' }],
  },
  {
    name: 'setup',
    path: `/setup${FIRST}`,
    shown: [{ size: 'laptop', theme: 'night', language: 'en' }],
  },
  { name: 'account', path: '/account' },
  { name: 'administration', path: '/administration' },
];
