import type { Simulation } from './engine';
import type { SimulatedLine } from './lines';

/** What the ports of IVR campaigns do all day: each campaign has the same number of its own. */
export class SimulatedPorts {
  /** Ports at work, by the line that they treat. */
  private readonly busy = new Map<string, number>();

  constructor(
    private readonly simulation: Simulation,
    private readonly perCampaign: number,
  ) {}

  private get count(): number {
    return this.perCampaign * this.simulation.options.world.campaigns.length;
  }

  open(): void {
    for (let port = 0; port < this.count; port += 1) this.shows(port, 'WAITING');
  }

  /** Those in treatment go on to its end. */
  close(): void {
    const busy = new Set(this.busy.values());
    for (let port = 0; port < this.count; port += 1) if (!busy.has(port)) this.shows(port, 'OUT');
  }

  begins(line: SimulatedLine, port: number): void {
    const index = line.campaign * this.perCampaign + port - 1;
    this.busy.set(line.id, index);
    this.shows(index, line.callee.fate === 'PERSON' ? 'TALK' : 'MACHINE');
  }

  over(line: SimulatedLine): void {
    const port = this.busy.get(line.id);
    if (port === undefined) return;
    this.busy.delete(line.id);
    this.shows(port, this.simulation.isOpen ? 'WAITING' : 'OUT');
  }

  private shows(port: number, activity: 'OUT' | 'WAITING' | 'TALK' | 'MACHINE'): void {
    this.simulation.metrics.activity(this.simulation.now, port, activity);
  }
}
