import type { JobOptions } from '../../../engine/tools.ts';
import type { PolicyChain } from '../../../policy/apply/expand.ts';
import type { CataloguePlaces } from '../../schedule/cataloguePlaces.ts';
import type { AzureSession } from '../../session.ts';
import type { RunSettings } from '../../settings.ts';
import type { PolicyRun } from '../run.ts';

/** What the jobs of runs are given. */
export interface JobContext {
  readonly session: AzureSession;
  readonly settings: RunSettings;
  readonly options: JobOptions;
  /** The run was begun before by this machine: what it left behind is its own. */
  readonly isResumed: boolean;
  /** Catalogues that do not lie beside their backup blobs. */
  readonly places?: Pick<CataloguePlaces, 'backupOf' | 'placesFor'> | undefined;
  /** What a policy that is switched on says of the chain; undefined where none speaks of it any more. */
  readonly chainFor?: ((run: PolicyRun) => Promise<PolicyChain | undefined>) | undefined;
}
