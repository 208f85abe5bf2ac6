/** The control plane cannot be started for a reason that the person in front of it can mend; the message says how. */
export class ControlPlaneError extends Error {
  override readonly name: string = 'ControlPlaneError';
}

/** A component did not start, or ended by itself. */
export class ComponentError extends ControlPlaneError {
  override readonly name = 'ComponentError';
  readonly component: string;
  /** The component's whole log; kept after the failure. */
  readonly logPath: string;
  /** True when another process was faster to take the port: a new attempt with new ports may succeed. */
  readonly portTaken: boolean;

  constructor(failure: { component: string; what: string; logPath: string; lastLines: string }) {
    super(
      `${failure.component} ${failure.what}\nlast lines of ${failure.logPath}:\n${failure.lastLines.replaceAll(/^/gm, '  ')}`,
    );
    this.component = failure.component;
    this.logPath = failure.logPath;
    this.portTaken = failure.lastLines.includes('address already in use');
  }
}
