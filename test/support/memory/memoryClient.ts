import { BackupError, cancelledError, throwIfCancelled } from '../../../src/engine/errors.ts';
import type { PageBlob } from '../../../src/engine/pageBlob.ts';
import type { RecordStore } from '../../../src/engine/recordStore.ts';
import type { World } from '../../../src/engine/world.ts';
import type { CallRecord } from './calls.ts';
import { Crash } from './faults.ts';
import type { Fault } from './faults.ts';
import { MemoryPageBlob } from './memoryPageBlob.ts';
import type { Surroundings } from '../../../src/engine/surroundings.ts';
import { MemorySurroundings } from './memorySurroundings.ts';
import { MemoryRecordStore } from './memoryRecordStore.ts';
import type { MemoryService } from './memoryService.ts';
import { ambiguous } from './refusals.ts';
import type { Request, Seam } from './seam.ts';

/** The ports of one process. When it crashes it stays dead; the service lives on. */
export class MemoryClient implements Seam {
  readonly clientName: string;
  /** The service's world as this process sees it: dead with the process, and with a clock of its own when `clockSkew` is set. */
  readonly world: World;
  /** Milliseconds that this process's clock is ahead. */
  clockSkew = 0;
  private readonly service: MemoryService;
  private dead = false;
  private calls = 0;

  constructor(service: MemoryService, name: string) {
    this.service = service;
    this.clientName = name;
    const { world } = service;
    this.world = {
      now: () => world.now() + this.clockSkew,
      random: () => world.random(),
      uuid: () => world.uuid(),
      sleep: async (ms, signal) => {
        this.assertAlive();
        await world.sleep(ms, signal);
        this.assertAlive();
      },
    };
  }

  get crashed(): boolean {
    return this.dead;
  }

  /** Calls that this process made. */
  get callCount(): number {
    return this.calls;
  }

  /** The process dies now; each of its calls under way may still take effect. */
  crash(): void {
    this.dead = true;
  }

  pageBlob(url: string): PageBlob {
    return new MemoryPageBlob(this, this.service.ledger, url);
  }

  /** The records in the folder `url`, such as `https://…/disk.chain`. */
  recordStore(url: string): RecordStore {
    return new MemoryRecordStore(this, this.service.ledger, url);
  }

  /** What surrounds the blob at `url`; an account is the part before the container. */
  surroundings(url: string): Surroundings {
    return new MemorySurroundings(this, this.service, url);
  }

  async call<T>(request: Request<T>): Promise<T> {
    this.assertAlive();
    throwIfCancelled(request.options?.signal);
    const record = this.service.register({
      client: this.clientName,
      clientIndex: this.calls++,
      operation: request.operation,
      writes: request.writes,
      url: request.url,
      snapshot: request.snapshot,
      args: request.args ?? {},
    });
    try {
      const answer = await this.perform(request, record);
      this.assertAlive();
      record.outcome = 'done';
      return answer;
    } catch (error) {
      record.outcome = error instanceof BackupError ? error.code : error instanceof Crash ? 'crash' : 'failed';
      throw error;
    }
  }

  private async perform<T>(request: Request<T>, record: CallRecord): Promise<T> {
    const fault = record.fault;
    if (fault?.kind === 'crash' && fault.effect === 'none') this.crash();
    this.assertAlive();
    await this.transit(request, fault?.kind === 'delay' ? fault.ms : 0);
    if (this.dead) {
      if (request.writes && this.service.world.random() < 0.5) this.attempt(request);
      throw new Crash(this.clientName);
    }
    return fault === undefined ? request.effect.apply(false) : this.suffer(request, fault, record);
  }

  /** The way to the service. Aborting it leaves open what becomes of a write. */
  private async transit<T>(request: Request<T>, extra: number): Promise<void> {
    const { world, switches } = this.service;
    const { min, max } = switches.latency;
    const ms = extra + min + (max > min ? world.pick(max - min + 1) : 0);
    const signal = request.options?.signal;
    try {
      if (ms > 0) await world.sleep(ms, signal);
      else await Promise.resolve();
      throwIfCancelled(signal);
    } catch (error) {
      if (!signal?.aborted) throw error;
      this.abandon(request);
      throw cancelledError(signal);
    }
  }

  private abandon<T>(request: Request<T>): void {
    if (!request.writes) return;
    const { world, switches, late, calls } = this.service;
    const fate = switches.abortedWrites === 'random' ? (['none', 'atOnce', 'late'] as const)[world.pick(3)] : switches.abortedWrites;
    if (fate === 'atOnce') this.attempt(request);
    if (fate === 'late')
      late.add(`${request.operation} ${request.url}`, calls.length + 1 + world.pick(20), () => request.effect.apply(false));
  }

  private suffer<T>(request: Request<T>, fault: Fault, record: CallRecord): T {
    const { effect } = request;
    switch (fault.kind) {
      case 'throw':
        throw fault.error;
      case 'dropped':
        throw ambiguous(fault.code);
      case 'lostAnswer':
        this.attempt(request);
        throw ambiguous(fault.code);
      case 'late':
        this.delayEffect(request, fault.calls === undefined ? undefined : record.index + fault.calls);
        throw ambiguous(fault.code);
      case 'echo':
        this.delayEffect(request, record.index + fault.calls);
        return effect.apply(false);
      case 'torn':
        this.attempt(request, effect.half);
        throw ambiguous(fault.code);
      case 'duplicate':
        effect.apply(false);
        return effect.apply(false);
      case 'crash':
        this.attempt(request);
        this.crash();
        throw new Crash(this.clientName);
      case 'flip':
        return this.flipped(effect.apply(false));
      case 'omit':
        return withoutLast(effect.apply(false));
      case 'delay':
        return effect.apply(false);
    }
  }

  private attempt<T>(request: Request<T>, act: () => unknown = () => request.effect.apply(false)): void {
    try {
      act();
    } catch {
      // The service refused it, and the answer is lost.
    }
  }

  private delayEffect<T>(request: Request<T>, due: number | undefined): void {
    if (!request.writes) return;
    const { check, apply } = request.effect;
    const about = `${request.operation} ${request.url}`;
    const checkedNow = check !== undefined && this.service.switches.lateWriteCheckedAtArrival;
    if (!checkedNow) {
      this.service.late.add(about, due, () => apply(false));
      return;
    }
    this.attempt(request, () => {
      check();
      this.service.late.add(about, due, () => apply(true));
    });
  }

  private flipped<T>(answer: T): T {
    if (!(answer instanceof Uint8Array) || answer.length === 0) return answer;
    const at = this.service.world.pick(answer.length);
    answer[at] = (answer[at] as number) ^ (1 << this.service.world.pick(8));
    return answer;
  }

  private assertAlive(): void {
    if (this.dead) throw new Crash(this.clientName);
  }
}

function withoutLast<T>(answer: T): T {
  if (Array.isArray(answer)) return answer.slice(0, -1) as T;
  if (answer !== null && typeof answer === 'object' && 'ranges' in answer && Array.isArray(answer.ranges)) {
    return { ...answer, ranges: answer.ranges.slice(0, -1) };
  }
  return answer;
}
