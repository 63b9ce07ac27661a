// What the edge and the centre agree on. Both sides import this file and nothing of each other.

export * from './accuracy.ts';
export * from './acks.ts';
export * from './broker-trouble.ts';
export * from './commands.ts';
export * from './count-interval.ts';
export * from './derived.ts';
export * from './events.ts';
export * from './flow.ts';
export * from './health.ts';
export * from './identifiers.ts';
export * from './incidents.ts';
export * from './journeys.ts';
export * from './json-schemas.ts';
export * from './level-of-service.ts';
export * from './loopback.ts';
export * from './passages.ts';
export * from './passenger-car-units.ts';
export * from './plain-text.ts';
export * from './road-users.ts';
export * from './secret-parameter.ts';
export * from './status.ts';
export * from './time-zone.ts';
export * from './topics.ts';
export * from './turning-movements.ts';
export * from './zones.ts';
