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
}

/** Every kind of file that can be generated, by the name people type. */
export const SCHEDULE_KINDS = {
  github: { title: 'GitHub Actions workflow', generate: github, findsPolicy: 'inCheckout' },
  'azure-pipelines': { title: 'Azure Pipelines file', generate: azurePipelines, findsPolicy: 'inCheckout' },
  kubernetes: { title: 'Kubernetes CronJob', generate: kubernetes, findsPolicy: 'inFile' },
  'container-apps': { title: 'Azure Container Apps job (Bicep)', generate: containerApps, findsPolicy: 'beside' },
  systemd: { title: 'systemd service and timer', generate: systemd, findsPolicy: 'onMachine' },
  crontab: { title: 'crontab', generate: crontab, findsPolicy: 'onMachine' },
  roles: { title: 'Role assignments (az script)', generate: roles, findsPolicy: 'inFile' },
} as const satisfies Readonly<Record<string, ScheduleKind>>;

export type ScheduleKindName = keyof typeof SCHEDULE_KINDS;

export const SCHEDULE_KIND_NAMES = Object.keys(SCHEDULE_KINDS) as readonly ScheduleKindName[];
