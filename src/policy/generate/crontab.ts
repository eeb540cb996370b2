import { cronText } from './cronTimes.ts';
import { shellWord } from '../../engine/shellWord.ts';
import { crontabCommand } from './quote.ts';
import { argumentsOf, originOf, tasksOf, type Generator } from './schedule.ts';

const EVERY_HOUR = Array.from({ length: 24 }, (_, hour) => hour);

/**
 * A crontab. cron counts in the time zone of its machine, which nobody knows here, so it calls in every hour of every day at the minutes at which
 * windows begin: right in every zone that is whole hours from UTC.
 */
export const crontab: Generator = (request) => {
  const tasks = tasksOf(request.policy).map(({ name, times }) => {
    const hours = name === 'backup' ? EVERY_HOUR : times.hours;
    return { name, times: { ...times, hours, days: undefined, weekdays: undefined } };
  });
  const head = [
    ...originOf(request),
    'cron counts in the time zone of its machine, so it calls every hour; where that zone is not whole hours from UTC, windows begin that much later.',
    'Identity: the managed identity of this machine. Where it has several, put their client ids between the quotes; "generate roles" writes what they may do.',
  ];
  const variables = tasks.map(({ name }) => `${name.toUpperCase()}_CLIENT_ID=""`);
  const lines = tasks.map((task) => {
    const words = ['page-blob-backup', ...argumentsOf(task, request.policyPath, request.shard).map(shellWord)];
    const command = `AZURE_CLIENT_ID="$${task.name.toUpperCase()}_CLIENT_ID" ${words.join(' ')}`;
    return `${cronText(task.times)} ${crontabCommand(command)}`;
  });
  const text = [...head.map((line) => `# ${line}`), 'SHELL=/bin/sh', 'PATH=/usr/local/bin:/usr/bin:/bin', ...variables, ...lines];
  return [{ name: 'page-blob-backup.crontab', text: `${text.join('\n')}\n` }];
};
