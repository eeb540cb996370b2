import type { RetentionPolicy } from '../../engine/retention/policy.ts';
import type { RunSpec } from '../runs/run.ts';
import type { Switches } from './switches.ts';

/** What commands do with scheduled backups. */
export interface ScheduleActions {
  readonly switches: Pick<Switches, 'on' | 'isOn' | 'isPaused'>;
  /** URIs of the policy files of the workspace. */
  files(): Promise<readonly string[]>;
  /** Text of a policy file; undefined where it is not there. */
  read(uri: string): Promise<string | undefined>;
  setOn(policy: string, isOn: boolean): Promise<void>;
  setPaused(isPaused: boolean): Promise<void>;
  /** @param keys chains; undefined for all @param until undefined wakes them */
  snooze(keys: readonly string[] | undefined, until: number | undefined): Promise<void>;
  runNow(): Promise<void>;
  /** Reads every policy of the workspace, for the fleet. */
  see(): Promise<void>;
  /** The verification that its policy asks for, where that of a chain of the fleet is due. */
  verificationOf(key: string): RunSpec | undefined;
  /** Reads how chains of the fleet stand now. */
  look(keys: readonly string[]): Promise<void>;
  /** What a policy that was read keeps of the chain; undefined where none says it, or all points stay. */
  retentionOf(source: string, backup: string): RetentionPolicy | undefined;
}
