import { Session } from 'chdb';
import { quote, type Statement } from './chdb-statement';

/**
 * A chDB session runs one statement at a time and has a current database and parameters of its own, so a statement gets a
 * session to itself. Reads share a few; writes and DDL go through one, which keeps parts few and the machine free.
 */
export interface Lease {
  session: Session;
  release(): void;
}

interface Slot {
  session: Session;
  database: string;
  busy: boolean;
  /** Parameters set by earlier statements; the engine cannot forget them. */
  parameters: Set<string>;
}

const READERS = 3;

const ENGINE_ARGUMENTS = [
  '--max_threads=2',
  '--max_insert_threads=1',
  '--background_pool_size=2',
  '--background_schedule_pool_size=4',
  '--max_server_memory_usage_to_ram_ratio=0.5',
  '--output_format_json_quote_64bit_integers=0',
];

export class ChdbSessions {
  private readonly readers: Slot[];
  private readonly writer: Slot;
  private readonly waiting: { kind: 'read' | 'write'; wake: () => void }[] = [];

  constructor(data: string) {
    const open = (): Slot => ({
      session: new Session(data, { connectionArgs: ENGINE_ARGUMENTS }),
      database: 'default',
      busy: false,
      parameters: new Set(),
    });
    this.writer = open();
    this.readers = Array.from({ length: READERS }, open);
  }

  /** A session of its own for the statement, in `database`, with the parameters bound; release it in any case. */
  async acquire(kind: Statement['kind'], database: string, bindings: [string, string][], sql: string): Promise<Lease> {
    const slot = await this.free(kind === 'read' ? 'read' : 'write');
    const release = () => {
      slot.busy = false;
      this.wakeNext();
    };
    try {
      if (slot.database !== database) {
        await slot.session.queryAsync(`USE \`${database.replaceAll('`', '')}\``);
        slot.database = database;
      }
      await bind(slot, bindings, sql);
      return { session: slot.session, release };
    } catch (error) {
      release();
      throw error;
    }
  }

  close(): void {
    for (const slot of [...this.readers, this.writer]) slot.session.close();
  }

  private async free(kind: 'read' | 'write'): Promise<Slot> {
    for (;;) {
      const slot = (kind === 'read' ? this.readers : [this.writer]).find(({ busy }) => !busy);
      if (slot) {
        slot.busy = true;
        return slot;
      }
      await new Promise<void>((wake) => this.waiting.push({ kind, wake }));
    }
  }

  /** The oldest waiter of either kind that can now run; the others keep their places. */
  private wakeNext(): void {
    const index = this.waiting.findIndex(({ kind }) =>
      kind === 'read' ? this.readers.some(({ busy }) => !busy) : !this.writer.busy,
    );
    if (index >= 0) this.waiting.splice(index, 1)[0]?.wake();
  }
}

const bind = async (slot: Slot, bindings: [string, string][], sql: string): Promise<void> => {
  const given = new Set(bindings.map(([name]) => name));
  for (const name of slot.parameters) {
    if (!given.has(name) && new RegExp(`\\{\\s*${name}\\s*:`).test(sql)) {
      throw new Error(`Code: 456. DB::Exception: Substitution \`${name}\` is not set. (UNKNOWN_QUERY_PARAMETER)`);
    }
  }
  if (bindings.length === 0) return;
  await slot.session.queryAsync(`SET ${bindings.map(([name, value]) => `param_${name} = ${quote(value)}`).join(', ')}`);
  for (const name of given) slot.parameters.add(name);
};
