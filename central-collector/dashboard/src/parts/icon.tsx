// Own icons, drawn on a grid of 16. They accompany words, so screen readers skip them.

const PATHS = {
  overview: 'M2 2h5v5H2zM9 2h5v5H9zM2 9h5v5H2zM9 9h5v5H9z',
  incident: 'M8 1.8 15 14H1zM8 6.2v3.6M8 11.4v.8',
  history: 'M2 14V2M2 14h12M4.5 11l3-4 2.5 2L14 4',
  turning: 'M4 14V8.5A3.5 3.5 0 0 1 7.5 5H13M10 2l3 3-3 3M4 14l-2-2M4 14l2-2',
  health: 'M1 8h3l2-5 3.5 10L12 8h3',
  user: 'M8 8a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2 14.5c.6-3 3-4.5 6-4.5s5.400 1.500 6 4.500',
  administration: 'M2 4h7M12 4h2M2 8h2M7 8h7M2 12h6M11 12h3M10.500 2.500v3M5.500 6.500v3M9.500 10.500v3',
  setup: 'M2 14l1-4 8-8 3 3-8 8zM9.500 3.500l3 3',
  camera: 'M1.500 4.500h9v7h-9zM10.500 7l4-2v6l-4-2',
  scan: 'M2 3v10M14 3v10M5 3v10M8 3v3M8 8.500V13M11 3v6M11 11.500V13',
  box: 'M2 5l6-3 6 3v6l-6 3-6-3zM2 5l6 3 6-3M8 8v6',
  sound: 'M2 6h3l4-3.500v11L5 10H2zM11.500 5.500a3.500 3.500 0 0 1 0 5M13.300 3.500a6.200 6.200 0 0 1 0 9',
  mute: 'M2 6h3l4-3.500v11L5 10H2zM11.500 6l3.500 4M15 6l-3.500 4',
  close: 'M3.500 3.500l9 9M12.500 3.500l-9 9',
  pin: 'M8 14.500C4.500 10.500 3 8.500 3 6.300a5 5 0 0 1 10 0c0 2.200-1.500 4.200-5 8.200zM8 8a1.800 1.800 0 1 0 0-3.600A1.800 1.800 0 0 0 8 8z',
  link: 'M6.500 9.500l3-3M7 4.500l1.800-1.800a3 3 0 0 1 4.300 4.300L11.500 8.800M9 11.500l-1.800 1.800a3 3 0 0 1-4.300-4.300L4.500 7.200',
  check: 'M2.500 8.500l3.500 4 7.500-9',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  left: 'M10 3L5 8l5 5',
  right: 'M6 3l5 5-5 5',
  up: 'M3 10l5-5 5 5',
  down: 'M3 6l5 5 5-5',
  home: 'M2 8l6-6 6 6M4 7v7h8V7',
  sun: 'M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM8 1v1.800M8 13.200V15M1 8h1.800M13.200 8H15M3 3l1.300 1.300M11.700 11.700L13 13M3 13l1.300-1.300M11.700 4.300L13 3',
  moon: 'M13.500 9.500A6 6 0 0 1 6.500 2.500a6 6 0 1 0 7 7z',
  wall: 'M1.500 3h13v8h-13zM5 14h6M8 11v3',
  keyboard: 'M1.500 4h13v8h-13zM4 6.500h.1M7 6.500h.1M10 6.500h.1M12.500 6.500h.1M5 9.500h6',
  cut: 'M2 8h4M10 8h4M7 5l2 6',
  download: 'M8 2v8M4.500 7L8 10.500 11.500 7M2.500 13.500h11',
  menu: 'M2 4h12M2 8h12M2 12h12',
  undo: 'M6 3L2.500 6.500 6 10M2.500 6.500H10a3.500 3.500 0 0 1 0 7H7',
  redo: 'M10 3l3.500 3.500L10 10M13.500 6.500H6a3.500 3.500 0 0 0 0 7h3',
  pointer: 'M3 2l10.500 4.500-4.500 2L7 13z',
  whole: 'M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4',
  renew: 'M13.500 8a5.500 5.500 0 1 1-1.700-4M13.500 1.500V5H10',
  clock: 'M8 14.500a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13zM8 4.500V8l2.500 2',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = '1em' }: { name: IconName; size?: string }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" width={size} height={size} aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
