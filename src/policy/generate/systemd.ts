import { calendarText } from './cronTimes.ts';
import { systemdWord } from './quote.ts';
import { argumentsOf, headOf, IS_ONLY, tasksInAnyZone, type Generator, type ScheduleRequest, type Task } from './schedule.ts';

/** systemd: for each task a service and a timer. */
export const systemd: Generator = (request) => {
  const tasks = tasksInAnyZone(request.policy);
  const head = headOf(request, tasks, [
    'Identity: the managed identity of this machine. Where it has several, write AZURE_CLIENT_ID=<client id> into /etc/page-blob-backup/<task>.env;',
    '"generate roles" writes what they may do. Copy the files to /etc/systemd/system and enable the timers.',
  ]);
  const top = head.map((line) => `# ${line}\n`).join('');
  return tasks.flatMap((task) => [
    { name: `page-blob-backup-${task.name}.service`, text: `${top}${serviceText(task, request)}` },
    { name: `page-blob-backup-${task.name}.timer`, text: `${top}${timerText(task)}` },
  ]);
};

function serviceText(task: Task, { policyPath, shard }: ScheduleRequest): string {
  const command = ['/usr/bin/env', 'page-blob-backup', ...argumentsOf(task, policyPath, shard).map(systemdWord)];
  return `[Unit]
Description=Page Blob Backup: ${IS_ONLY[task.name]}
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
ExecStart=${command.join(' ')}
EnvironmentFile=-/etc/page-blob-backup/${task.name}.env
DynamicUser=yes
NoNewPrivileges=yes
ProtectHome=read-only
`;
}

function timerText({ name, times }: Task): string {
  return `[Unit]
Description=Page Blob Backup: when it ${IS_ONLY[name]}

[Timer]
OnCalendar=${calendarText(times)}
# What was missed while the machine was off is made up for.
Persistent=true

[Install]
WantedBy=timers.target
`;
}
