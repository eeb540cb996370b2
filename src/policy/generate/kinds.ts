import { azurePipelines } from './azurePipelines.ts';
import { containerApps } from './containerApps.ts';
import { crontab } from './crontab.ts';
import { github } from './github.ts';
import { kubernetes } from './kubernetes.ts';
import { roles } from './roles.ts';
import type { Generator } from './schedule.ts';
import { systemd } from './systemd.ts';

export interface ScheduleKind {
  readonly title: string;
  readonly generate: Generator;
  /** How the scheduler finds the policy: on its machine, in its checkout, beside the generated file, or in it. */
  readonly findsPolicy: 'onMachine' | 'inCheckout' | 'beside' | 'inFile';
  /** May the fleet be split between its machines? */
  readonly isSharded: boolean;
}

/** Every kind of file that can be generated, by the name people type. */
export const SCHEDULE_KINDS = {
  github: { title: 'GitHub Actions workflow', generate: github, findsPolicy: 'inCheckout', isSharded: true },
  'azure-pipelines': { title: 'Azure Pipelines file', generate: azurePipelines, findsPolicy: 'inCheckout', isSharded: true },
  kubernetes: { title: 'Kubernetes CronJob', generate: kubernetes, findsPolicy: 'inFile', isSharded: true },
  'container-apps': { title: 'Azure Container Apps job (Bicep)', generate: containerApps, findsPolicy: 'beside', isSharded: true },
  systemd: { title: 'systemd service and timer', generate: systemd, findsPolicy: 'onMachine', isSharded: false },
  crontab: { title: 'crontab', generate: crontab, findsPolicy: 'onMachine', isSharded: false },
  roles: { title: 'Role assignments (az script)', generate: roles, findsPolicy: 'inFile', isSharded: false },
} as const satisfies Readonly<Record<string, ScheduleKind>>;

export type ScheduleKindName = keyof typeof SCHEDULE_KINDS;

export const SCHEDULE_KIND_NAMES = Object.keys(SCHEDULE_KINDS) as readonly ScheduleKindName[];
