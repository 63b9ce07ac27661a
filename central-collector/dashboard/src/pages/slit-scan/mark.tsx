// The mark of one passage on a strip: a ring through which the vehicle is seen, with its class and the way it went beside
// it. What was said of it changes its shape, not its colour alone.

import { RoadUserIcon } from '../../tile/road-user-icon.tsx';
import { formatSpeed } from '../../words/formats.ts';
import { slugText } from '../../words/slugs.ts';
import { oneRoadUser } from '../camera/words.ts';
import type { Scan } from './scan.ts';
import { type Span, shareOf } from './strips.ts';
import { reallyIs, type Thing } from './things.ts';
import { timeText } from './time-text.ts';
import { t } from './words.ts';

export type MarkProps = {
  readonly thing: Thing;
  readonly strip: Span;
  readonly directions: Scan['directions'];
  readonly isChosen: boolean;
  /** Whether the Tab key comes to it: of all marks, one. */
  readonly isStop: boolean;
  readonly onChoose: () => void;
  readonly onKey: (event: KeyboardEvent) => boolean;
};

/** Beyond this share of the strip the words stand on the other side. */
const FLIP = 0.88;
/** And nearer than that to its upper edge below the ring. */
const BELOW = 0.2;

export function Mark({ thing, strip, directions, isChosen, isStop, onChoose, onKey }: MarkProps) {
  const share = shareOf(thing.atMs, strip);
  const label = labelOf(thing);
  const user = reallyIs(thing);
  const classes = [
    'mark',
    thing.kind === 'missed' ? 'mark-missed' : `mark-${thing.verdict?.is ?? 'right'}`,
    isChosen && 'is-chosen',
    share > FLIP && 'is-flipped',
    thing.kind === 'counted' && thing.passage.stored === false && 'is-pending',
    thing.kind === 'counted' && !thing.passage.isSeen && 'is-unseen',
    (thing.along ?? 0) < BELOW && 'is-below',
    thing.along === null && 'is-nowhere',
  ];
  return (
    <button
      type="button"
      class={classes.filter(Boolean).join(' ')}
      data-mark={thing.key}
      style={{ left: `${share * 100}%`, top: `${(thing.along ?? 0) * 100}%` }}
      aria-label={label}
      title={label}
      aria-pressed={isChosen}
      tabIndex={isStop ? 0 : -1}
      onClick={(event) => {
        // The strip below would take it for a vehicle without a mark.
        event.stopPropagation();
        onChoose();
      }}
      onFocus={onChoose}
      onKeyDown={(event) => {
        if (!onKey(event)) return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <span class="mark-ring" aria-hidden="true">
        {thing.kind === 'missed' && '+'}
        {thing.kind === 'counted' && thing.verdict?.is === 'nobody' && '✕'}
      </span>
      <span class="mark-tag" aria-hidden="true">
        {thing.kind === 'counted' && thing.verdict?.is === 'twice' && '2×'}
        {thing.kind === 'counted' && thing.verdict?.is === 'class' && '≠'}
        {thing.kind === 'counted' && thing.verdict?.is === 'way' && '⇄'}
        <RoadUserIcon
          user={user ?? (thing.kind === 'counted' ? thing.passage.roadUser : thing.missed.roadUser)}
        />
        {thing.kind === 'counted' && arrowOf(thing.passage.direction, directions)}
      </span>
    </button>
  );
}

/** As seen from A to B, the ends of the line: to the left or to the right. */
export function arrowOf(direction: string, { toLeft }: Scan['directions']): string {
  return direction === toLeft ? '◀' : '▶';
}

export function labelOf(thing: Thing): string {
  const time = timeText(thing.atMs);
  if (thing.kind === 'missed') return t('missedLabel', { time, user: oneRoadUser(thing.missed.roadUser) });
  const { roadUser, direction, speedKmh, lane, stored, along } = thing.passage;
  const { verdict } = thing;
  const more = [
    speedKmh === null ? null : formatSpeed(speedKmh),
    lane === null ? null : slugText(lane),
    stored === false ? t('notStored') : null,
    along === null ? t('noPlace') : null,
    verdict?.is === 'nobody' ? t('nobody') : null,
    verdict?.is === 'twice' ? t('twice') : null,
    verdict?.is === 'way' ? t('way') : null,
    verdict?.is === 'class' ? `${t('reallyIs')}: ${oneRoadUser(verdict.roadUser)}` : null,
  ].filter((part) => part !== null);
  return t('markLabel', {
    time,
    user: oneRoadUser(roadUser),
    direction: slugText(direction),
    more: more.map((part) => `, ${part}`).join(''),
  });
}
