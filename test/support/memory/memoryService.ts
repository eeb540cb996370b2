import type { PageBlob } from '../../../src/engine/pageBlob.ts';
import type { RecordStore } from '../../../src/engine/recordStore.ts';
import type { AccountFacts, ContainerFacts, ServiceFacts } from '../../../src/engine/surroundings.ts';
import type { RangeSet } from '../../../src/engine/ranges/rangeSet.ts';
import type { Call, CallRecord, Interceptor, Traffic } from './calls.ts';
import { trafficOf } from './calls.ts';
import { ForeignActors } from './foreignActors.ts';
import { LateEffects } from './lateEffects.ts';
import { Ledger } from './ledger.ts';
import { MemoryClient } from './memoryClient.ts';
import { Oracle } from './oracle.ts';
import { DEFAULT_SWITCHES } from './switches.ts';
import type { Switches } from './switches.ts';
import { VirtualWorld } from './virtualWorld.ts';

export interface MemoryServiceOptions {
  readonly world?: VirtualWorld;
  readonly switches?: Partial<Switches>;
  /** URLs of containers to begin with, such as `https://disks.example/vhds`. */
  readonly containers?: readonly string[];
}

/**
 * Page blobs and records in memory, behind the engine's ports: Azure's rules, a virtual clock, faults at any call, and an oracle that
 * forgets nothing. URLs are `https://<account>/<container>/<blob>`; all accounts live in one service.
 */
export class MemoryService {
  readonly world: VirtualWorld;
  readonly switches: Switches;
  readonly ledger: Ledger;
  readonly foreign: ForeignActors;
  readonly oracle: Oracle;
  /** Requests still under way. */
  readonly late = new LateEffects();
  /** All calls so far, of all clients. */
  readonly calls: CallRecord[] = [];
  /** What accounts (by endpoint) and containers (by URL) are like, where they are not plain. */
  readonly facts = new Map<string, Partial<AccountFacts & ContainerFacts & ServiceFacts>>();
  /** Asked for a fault at every call. */
  interceptor: Interceptor | undefined;
  private readonly quiet: MemoryClient;

  constructor(options: MemoryServiceOptions = {}) {
    this.world = options.world ?? new VirtualWorld();
    this.switches = { ...DEFAULT_SWITCHES, ...options.switches };
    this.ledger = new Ledger(this.world, this.switches);
    this.foreign = new ForeignActors(this.ledger);
    this.oracle = new Oracle(this.ledger);
    this.quiet = new MemoryClient(this, 'test');
    for (const url of options.containers ?? []) this.addContainer(url);
  }

  /** `https://<account>/<container>` */
  addContainer(url: string): void {
    this.ledger.addContainer(url);
  }

  /** A new process with its own ports. */
  client(name: string): MemoryClient {
    return new MemoryClient(this, name);
  }

  /** The port for a client that never dies, called `test`. */
  pageBlob(url: string): PageBlob {
    return this.quiet.pageBlob(url);
  }

  /** The port for a client that never dies, called `test`. `url` is the folder of the records. */
  recordStore(url: string): RecordStore {
    return this.quiet.recordStore(url);
  }

  /** The bytes of a blob or of any snapshot that ever was. */
  bytesOf(url: string, snapshot?: string): Uint8Array {
    return this.oracle.bytesOf({ url, snapshot });
  }

  /** The allocated pages of a blob or of any snapshot that ever was. */
  allocatedOf(url: string, snapshot?: string): RangeSet {
    return this.oracle.allocatedOf({ url, snapshot });
  }

  /** Calls and bytes of the calls that `select` takes. */
  traffic(select: (call: CallRecord) => boolean = () => true): Traffic {
    return trafficOf(this.calls, select);
  }

  /** For the clients: notes a call, brings what was late, and asks the interceptor. */
  register(call: Omit<Call, 'index'>): CallRecord {
    const index = this.calls.length;
    if (index >= this.switches.callLimit) throw new Error(`More than ${this.switches.callLimit} calls: something repeats for ever.`);
    const record: CallRecord = { ...call, index, fault: undefined, outcome: 'underWay' };
    this.calls.push(record);
    this.late.deliverDue(index);
    record.fault = this.interceptor?.(record);
    return record;
  }
}
