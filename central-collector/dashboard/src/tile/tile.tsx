// A camera at a glance: counts by direction and class, speed, level of service, how much was observed, how fresh it is.

import { useId, useRef } from 'preact/hooks';
import { Link } from 'wouter-preact';
import type { Tile } from '../../../api/schemas/places.ts';
import type { TileFlow } from '../api/types.ts';
import { cameras } from '../live/cameras.ts';
import { nowMs } from '../live/stream.ts';
import { tileOf } from '../live/tiles.ts';
import { Badge, LosBadge, StateShape } from '../parts/badge.tsx';
import { Icon } from '../parts/icon.tsx';
import { cameraStateWord } from '../words/common.ts';
import { faultText } from '../words/faults.ts';
import { formatDuration, formatNumber, formatShare, formatTime } from '../words/formats.ts';
import { slugText } from '../words/slugs.ts';
import { RoadUserIcon } from './road-user-icon.tsx';
import { Sparkline } from './sparkline.tsx';
import './tile.css';
import {
  classesOf,
  countOf,
  STATE_TONES,
  shownFlows,
  THIN_COVERAGE,
  trustOf,
  worstLevel,
} from './tile-numbers.ts';
import { t } from './words.ts';

export type CameraTileProps = {
  /** `site/agent/camera` */
  readonly camera: string;
  /** Directions at most; the busiest are shown. */
  readonly rows?: number;
  /** On the camera's own page its name leads nowhere. */
  readonly linked?: boolean;
};

const ROWS = 4;
const JUST_NOW_MS = 2000;

export function CameraTile({ camera, rows = ROWS, linked = true }: CameraTileProps) {
  const id = useId();
  const tile = tileOf(camera).value;
  if (tile === null) return null;
  const trust = trustOf(tile, nowMs.value);
  const name = tile.name ?? camera;
  const tone = STATE_TONES[tile.state];
  return (
    <article class={`tile tile-${tone} ${trust.kind === 'live' ? '' : 'is-old'}`} aria-labelledby={id}>
      <header class="tile-head">
        <StateShape tone={tone} />
        <h3 id={id} title={camera}>
          {linked ? <Link href={`/cameras/${camera}`}>{name}</Link> : name}
        </h3>
        {tile.activeIncidents > 0 && (
          <span class="tile-incidents" title={t('incidents', { n: tile.activeIncidents })}>
            <Icon name="incident" />
            <span aria-hidden="true">{tile.activeIncidents}</span>
            <span class="unseen">{t('incidents', { n: tile.activeIncidents })}</span>
          </span>
        )}
        <Freshness tile={tile} />
      </header>
      <State tile={tile} ageMs={trust.kind === 'old' ? trust.ageMs : null} />
      <Flows tile={tile} rows={rows} />
      <footer class="tile-foot">
        <Coverage coverage={tile.coverage} />
        <Sparkline minutes={tile.minutes} />
      </footer>
    </article>
  );
}

/** Up to when it is known to have watched. */
function Freshness({ tile }: { readonly tile: Tile }) {
  if (tile.freshUntil === null) return <span class="tile-fresh">{t('never')}</span>;
  const age = Math.max(0, nowMs.value - Date.parse(tile.freshUntil));
  return (
    <span class="tile-fresh" title={t('upToTitle', { time: formatTime(tile.freshUntil, true) })}>
      {age < JUST_NOW_MS ? t('justNow') : t('upTo', { age: formatDuration(age) })}
    </span>
  );
}

/** Anything but "live and current", in words. */
function State({ tile, ageMs }: { readonly tile: Tile; readonly ageMs: number | null }) {
  if (tile.state === 'live' && ageMs === null) return null;
  const detail = faultText(cameras.value.get(tile.camera)?.fault ?? null) ?? tile.detail;
  return (
    <p class="tile-state">
      {tile.state !== 'live' && <Badge tone={STATE_TONES[tile.state]}>{cameraStateWord(tile.state)}</Badge>}
      {ageMs !== null && <strong>{t('old', { age: formatDuration(ageMs) })}</strong>}
      {detail !== null && <span title={tile.detail ?? detail}>{detail}</span>}
    </p>
  );
}

function Flows({ tile, rows }: { readonly tile: Tile; readonly rows: number }) {
  if (tile.flows === null) {
    return <p class="tile-nothing">{t('nothing', { min: tile.windowMin })}</p>;
  }
  if (tile.flows.length === 0) return <p class="tile-nothing">{t('noLines')}</p>;
  const { shown, hidden } = shownFlows(tile.flows, rows);
  const classes = classesOf(tile.flows);
  const all = tile.flows;
  // Where lanes or speeds are not known there is none: then there is no column of dashes either.
  const graded = worstLevel(all) !== null;
  return (
    <>
      <table class="tile-flows">
        <caption class="unseen">
          {t('flows', { min: tile.windowMin, camera: tile.name ?? tile.camera })}
        </caption>
        <thead>
          <tr>
            <th scope="col">
              <span class="unseen">{t('direction')}</span>
              <span aria-hidden="true">{t('window', { min: tile.windowMin })}</span>
              {hidden > 0 && <b title={t('hidden', { n: hidden })}> +{hidden}</b>}
            </th>
            {classes.map((user) => (
              <th key={user} scope="col" class="tile-class">
                <RoadUserIcon user={user} />
              </th>
            ))}
            <th scope="col">{t('perHour')}</th>
            <th scope="col">{t('speed')}</th>
            {graded && (
              <th scope="col">
                <span class="unseen">{t('los')}</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {shown.map((flow) => (
            <tr key={`${flow.line} ${flow.direction}`}>
              <th scope="row" title={`${flow.line} › ${flow.direction}`}>
                <span class="tile-line">{slugText(flow.line)} ›</span> {slugText(flow.direction)}
              </th>
              {classes.map((user) => (
                <td key={user} class={`tile-class live ${flow.counts[user] === 0 ? 'tile-zero' : ''}`}>
                  {formatNumber(flow.counts[user] ?? null)}
                </td>
              ))}
              <td class="tile-flow live">
                <Pulse flow={flow} />
              </td>
              <td class="live">{formatNumber(flow.meanSpeedKmh)}</td>
              {graded && (
                <td class="live-los">
                  <LosBadge
                    level={flow.levelOfService}
                    label={
                      flow.levelOfService === null
                        ? t('levelNone')
                        : t('levelOf', { level: flow.levelOfService })
                    }
                  />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {/* Where there is no room for columns of classes, their sums stand below. */}
      <ul class="tile-classes" aria-hidden="true">
        {classes.map((user) => (
          <li key={user}>
            <RoadUserIcon user={user} /> <span class="live">{formatNumber(countOf(all, user))}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

/** The flow, which lights up for a moment when somebody has passed. */
function Pulse({ flow }: { readonly flow: TileFlow }) {
  const before = useRef(flow.total);
  const beats = useRef(0);
  if (flow.total > before.current) beats.current += 1;
  before.current = flow.total;
  return (
    <span key={beats.current} class={beats.current > 0 ? 'pulse' : ''}>
      {formatNumber(flow.perHour)}
    </span>
  );
}

export function Coverage({ coverage }: { readonly coverage: number | null }) {
  if (coverage === null) return <p class="coverage coverage-none">{t('coverageNone')}</p>;
  const thin = coverage < THIN_COVERAGE;
  const text = t('coverage', { share: formatShare(coverage) });
  return (
    <p
      class={`coverage ${thin ? 'coverage-thin' : ''}`}
      title={thin ? t('coverageThin', { share: formatShare(coverage) }) : text}
    >
      <span class="coverage-text">
        {thin && <StateShape tone="warn" />} {text}
      </span>
      <span class="coverage-bar">
        <span style={{ width: `${coverage * 100}%` }} />
      </span>
    </p>
  );
}
