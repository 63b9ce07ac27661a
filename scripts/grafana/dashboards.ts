// The dashboards: what somebody who has Grafana wants to see of the traffic, of incidents, and of boxes.

import type { Dashboard, Panel, Variable } from './panels.ts';
import { BOXES, INCIDENTS, TRAFFIC, VARIABLES } from './queries.ts';

const SITE: Variable = { name: 'site', label: 'Site', tagValues: VARIABLES.site };
const BOX: Variable = { name: 'box', label: 'Box', tagValues: VARIABLES.box };
const CAMERA: Variable = { name: 'camera', label: 'Camera', tagValues: VARIABLES.camera };
/** Milliseconds: coverage is a share of it. */
const EVERY: Variable = {
  name: 'every',
  label: 'Every',
  choices: { '15m': '900000', '1h': '3600000', '6h': '21600000', '1d': '86400000' },
};
const EVERY_DAY: Variable = { ...EVERY, choices: { '1d': '86400000', '1h': '3600000', '6h': '21600000' } };
const TIME_ZONE: Variable = { name: 'timezone', label: 'Time zone', text: 'Asia/Ho_Chi_Minh' };

const OF_LINE = '$tag_camera $tag_line $tag_direction';
const OF_BOX = '$tag_site $tag_agent';
const OF_CAMERA = '$tag_agent $tag_camera';
const GAP = 'A gap was not observed; it is not zero.';

const lines = (panel: Omit<Panel, 'kind' | 'width'> & { width?: number }): Panel => ({
  kind: 'lines',
  width: 12,
  ...panel,
});

const traffic: Dashboard = {
  uid: 'ngatu-traffic',
  title: 'ngatu: traffic',
  description: `Flows, speeds, occupancy and queues by line, with how much was observed. ${GAP}`,
  ...{ from: 'now-24h', refresh: '1m', variables: [SITE, BOX, CAMERA, EVERY, TIME_ZONE] },
  rows: [
    {
      title: 'Flow',
      panels: [
        lines({
          title: 'Flow by line and direction',
          description: `Vehicles an hour of the time that was observed. ${GAP}`,
          ...{ unit: 'none', decimals: 0, min: 0, queries: [{ query: TRAFFIC.flow, alias: OF_LINE }] },
        }),
        lines({
          title: 'Counted, by class',
          description: `As counted: nothing is filled in for what was not observed. ${GAP}`,
          ...{ unit: 'none', decimals: 0, min: 0 },
          queries: [{ query: TRAFFIC.counted, alias: '$tag_road_user' }],
        }),
        lines({
          title: 'Coverage',
          description: 'Share of each interval that was observed. The last interval is not over yet.',
          ...{ unit: 'percentunit', min: 0, max: 1, width: 24, height: 6 },
          queries: [{ query: TRAFFIC.coverage, alias: '$tag_camera $tag_line' }],
        }),
      ],
    },
    {
      title: 'Speed',
      panels: [
        lines({
          title: 'Time-mean speed',
          description: `What drivers drive, as they cross the line. ${GAP}`,
          ...{ unit: 'velocitykmh', decimals: 1, min: 0 },
          queries: [{ query: TRAFFIC.timeMeanSpeed, alias: OF_LINE }],
        }),
        lines({
          title: 'Space-mean speed',
          description: `Goes with density and travel time. ${GAP}`,
          ...{ unit: 'velocitykmh', decimals: 1, min: 0 },
          queries: [{ query: TRAFFIC.spaceMeanSpeed, alias: OF_LINE }],
        }),
      ],
    },
    {
      title: 'Occupancy and queues',
      panels: [
        lines({
          title: 'Time occupancy of lines',
          description: `Share of the observed time for which a vehicle was on the line. ${GAP}`,
          ...{ unit: 'percentunit', min: 0, queries: [{ query: TRAFFIC.occupancy, alias: OF_LINE }] },
        }),
        lines({
          title: 'Mean headway',
          ...{ unit: 's', decimals: 1, min: 0, queries: [{ query: TRAFFIC.headway, alias: OF_LINE }] },
        }),
        lines({
          title: 'Longest queue, vehicles',
          ...{
            unit: 'none',
            min: 0,
            queries: [{ query: TRAFFIC.queueVehicles, alias: '$tag_camera $tag_zone_id' }],
          },
        }),
        lines({
          title: 'Longest queue, metres',
          description: 'Of calibrated cameras. A queue that leaves the picture was longer.',
          ...{
            unit: 'lengthm',
            min: 0,
            queries: [{ query: TRAFFIC.queueLength, alias: '$tag_camera $tag_zone_id' }],
          },
        }),
      ],
    },
    {
      title: 'The last three hours',
      panels: [
        lines({
          title: 'Vehicles counted, by minute',
          description: `Of cameras that count each minute (intervalS: 60). ${GAP}`,
          ...{ unit: 'none', min: 0, width: 24, timeFrom: '3h' },
          queries: [{ query: TRAFFIC.byMinute, alias: OF_LINE }],
        }),
      ],
    },
  ],
};

const incidents: Dashboard = {
  uid: 'ngatu-incidents',
  title: 'ngatu: incidents',
  description: 'Alarms of cameras and what operators said of them. To act on them, use the control centre.',
  ...{ from: 'now-30d', refresh: '1m', variables: [SITE, BOX, CAMERA, EVERY_DAY, TIME_ZONE] },
  rows: [
    {
      title: 'Alarms and verdicts',
      panels: [
        {
          ...{ kind: 'bars', width: 12, title: 'Alarms by kind', unit: 'none', decimals: 0, min: 0 },
          description:
            'Each incident once, when it was first told. Without cameras that watch there are no alarms either.',
          queries: [{ query: INCIDENTS.alarms, alias: '$tag_kind' }],
        },
        {
          ...{ kind: 'bars', width: 12, title: 'Verdicts of operators', unit: 'none', decimals: 0, min: 0 },
          queries: [
            { query: INCIDENTS.acknowledged, alias: 'acknowledged' },
            { query: INCIDENTS.confirmed, alias: 'confirmed' },
            { query: INCIDENTS.falseAlarms, alias: 'false alarms' },
            { query: INCIDENTS.cleared, alias: 'cleared by hand' },
          ],
        },
        {
          ...{ kind: 'table', width: 12, title: 'Alarms by camera and kind' },
          queries: [{ query: INCIDENTS.alarmsByCamera }],
        },
        {
          ...{ kind: 'table', width: 12, title: 'False alarms by camera and kind' },
          queries: [{ query: INCIDENTS.falseByCamera }],
        },
      ],
    },
    {
      title: 'As they were told',
      panels: [
        {
          ...{ kind: 'table', width: 24, height: 10, title: 'Messages of cameras, newest first' },
          description: 'An incident has a line for each version; the highest is its last word.',
          queries: [{ query: INCIDENTS.messages }],
        },
        {
          ...{ kind: 'table', width: 24, height: 10, title: 'Verdicts, newest first' },
          queries: [{ query: INCIDENTS.verdicts }],
        },
      ],
    },
  ],
};

const boxes: Dashboard = {
  uid: 'ngatu-boxes',
  title: 'ngatu: boxes and delivery',
  description: 'How boxes, cameras, delivery and roll-ups fare.',
  ...{ from: 'now-6h', refresh: '30s', variables: [SITE, BOX] },
  rows: [
    {
      title: 'Last word of each',
      panels: [
        { ...{ kind: 'table', width: 12, height: 10, title: 'Boxes' }, queries: [{ query: BOXES.boxes }] },
        {
          ...{ kind: 'table', width: 12, height: 10, title: 'Cameras' },
          queries: [{ query: BOXES.cameras }],
        },
      ],
    },
    {
      title: 'Delivery',
      panels: [
        health('Batches missing', BOXES.missing, OF_BOX, {
          description:
            'In no database and not given up: they are expected still. The ledger of the collector says which.',
        }),
        health('Batches that boxes gave up', BOXES.givenUp, OF_BOX, {
          description: 'Their events will never come.',
        }),
        health('Batches stored, by collector', BOXES.batches, '$tag_collector'),
        health('From sending to receipt, 95 %', BOXES.delay, OF_BOX, { unit: 'ms' }),
        health('Outbox, batches', BOXES.outboxBatches, OF_BOX),
        health('Outbox, size', BOXES.outboxBytes, OF_BOX, { unit: 'bytes' }),
        {
          ...{
            kind: 'stat',
            width: 6,
            height: 5,
            title: 'Roll-ups hold what was stored',
            unit: 'dateTimeFromNow',
          },
          description: 'Quarter hours and hours are whole up to then.',
          queries: [{ query: BOXES.freshUpTo, alias: 'up to' }],
        },
      ],
    },
    {
      title: 'Cameras',
      panels: [
        health('Analysed frames a second', BOXES.fps, OF_CAMERA),
        health('Frames dropped', BOXES.framesDropped, OF_CAMERA),
        health('From frame to event, 95 %', BOXES.latency, OF_CAMERA, { unit: 'ms' }),
      ],
    },
    {
      title: 'Boxes',
      panels: [
        health('Processor', BOXES.cpu, OF_BOX, { unit: 'percentunit', max: 1 }),
        health('Memory of the agent', BOXES.memory, OF_BOX, { unit: 'bytes' }),
        health('Temperature', BOXES.temperature, OF_BOX, { unit: 'celsius' }),
        lines({
          ...{ title: 'Clock of the box, ahead of the collector', unit: 'ms', width: 8, minInterval: '1m' },
          queries: [{ query: BOXES.clockOffset, alias: OF_BOX }],
        }),
      ],
    },
  ],
};

function health(title: string, query: string, alias: string, more: Partial<Panel> = {}): Panel {
  // Boxes report every few seconds, summaries come twice a minute.
  return lines({ title, min: 0, width: 8, minInterval: '1m', queries: [{ query, alias }], ...more });
}

export const DASHBOARDS: readonly Dashboard[] = [traffic, incidents, boxes];
