// The one error of an agent that cannot start because of something that is neither model, outbox nor broker.

export class AgentError extends Error {
  override readonly name = 'AgentError';
  /** Somebody has to change the configuration or the machine first. */
  readonly retryable = false;
}
