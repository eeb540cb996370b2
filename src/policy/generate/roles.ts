import { accessOf, type Access, type Right } from './access.ts';
import { shellWord } from '../../engine/shellWord.ts';
import { commentText } from './quote.ts';
import type { Generator } from './schedule.ts';

const READ = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read';
const WRITE = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write';
const ADD = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action';
const DELETE = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete';

interface Role {
  readonly name: string;
  /** Undefined for a role that Azure has. */
  readonly own?: { readonly about: string; readonly dataActions: readonly string[] };
}

/** Actions of each call: REST, "Authorize with Microsoft Entra ID". A snapshot can be taken with "add" alone, which does not let anybody write over the disk. */
const ROLES: Readonly<Record<Right, Role>> = {
  snapshot: {
    name: 'Page Blob Backup Source',
    own: {
      about: 'Reads page blobs, takes snapshots of them and deletes those. Cannot write to a blob that is there.',
      dataActions: [READ, ADD, DELETE],
    },
  },
  write: {
    name: 'Page Blob Backup Writer',
    own: { about: 'Writes backups and their records. Deletes nothing.', dataActions: [READ, WRITE, ADD] },
  },
  prune: {
    name: 'Page Blob Backup Pruner',
    own: { about: 'Deletes recovery points and writes records of that.', dataActions: [READ, WRITE, ADD, DELETE] },
  },
  read: { name: 'Storage Blob Data Reader' },
  delegate: { name: 'Storage Blob Delegator' },
};

const HEAD = `#!/bin/sh
# Made by "page-blob-backup generate" from a policy. There is no secret in it; make it anew when the policy changes.
# Gives two identities the least that the policy needs: one backs up and cannot delete a backup, one prunes. Sign in with az as somebody who may make roles
# and give them, in the subscription of the accounts, set the object ids of the two identities, and run it; it may be run again.
# The first identity may delete in the containers of the disks, since it deletes snapshots there that no difference needs any more. Azure has no right to
# delete snapshots alone, so whoever gets hold of that identity could delete disks: turn on soft delete there.
set -eu`;

const TOOLS = `subscription="$(az account show --query id --output tsv)"

# name, what it is for, data actions in JSON
role() {
  definition="$(printf '{"Name":"%s","IsCustom":true,"Description":"%s","Actions":[%s],"DataActions":[%s],"AssignableScopes":["/subscriptions/%s"]}' "$1" "$2" '"Microsoft.Storage/storageAccounts/blobServices/containers/read"' "$3" "$subscription")"
  if [ -n "$(az role definition list --name "$1" --custom-role-only true --query '[].name' --output tsv)" ]; then
    az role definition update --role-definition "$definition" --output none
  else
    az role definition create --role-definition "$definition" --output none
  fi
}

# name of a storage account
id_of() {
  found="$(az storage account list --query "[?name=='$1'].id" --output tsv)"
  if [ -z "$found" ]; then echo "There is no storage account $1 in this subscription." >&2; return 1; fi
  printf '%s' "$found"
}

# identity, role, scope
give() {
  az role assignment create --assignee-object-id "$1" --assignee-principal-type ServicePrincipal --role "$2" --scope "$3" --output none
}`;

/** A script for the Azure CLI that makes the roles and gives them, for all accounts that the policy names. */
export const roles: Generator = ({ policy }) => {
  const accesses = accessOf(policy);
  const ids = [...new Set(accesses.map(({ task }) => task))].sort();
  const own = Object.values(ROLES).filter(({ name, own }) => own && accesses.some(({ right }) => ROLES[right].name === name));
  const lines = [
    HEAD,
    ids.map((task) => `: "\${${idOf(task)}:?set it to the object id of the identity of the task ${task}}"`).join('\n'),
    TOOLS,
    own
      .map(
        ({ name, own }) =>
          `role ${shellWord(name)} ${shellWord(own!.about)} ${shellWord(own!.dataActions.map((each) => `"${each}"`).join(','))}`,
      )
      .join('\n'),
    ...Map.groupBy(accesses, ({ account }) => account)
      .entries()
      .map(([account, some]) => accountText(account, some)),
  ];
  return [{ name: 'page-blob-backup-roles.sh', text: `${lines.join('\n\n')}\n` }];
};

function accountText(account: string, accesses: readonly Access[]): string {
  const name = storageAccountName(account);
  if (name === undefined) {
    return `# Roles for ${commentText(account)} are yours to give: its address does not tell the name of a storage account.`;
  }
  const gives = accesses.map(({ task, right, container }) => {
    const scope = container === undefined ? '"$id"' : `"$id"/blobServices/default/containers/${shellWord(container)}`;
    return `give "$${idOf(task)}" ${shellWord(ROLES[right].name)} ${scope}`;
  });
  return [`id="$(id_of ${shellWord(name)})"`, ...gives].join('\n');
}

/** Of addresses as Azure gives them, in any of its clouds: `https://<name>.blob.<suffix>`, with a zone before `blob` perhaps. */
function storageAccountName(endpoint: string): string | undefined {
  const name = /^https:\/\/([a-z0-9]{3,24})(?:-secondary)?\.(?:z\d+\.)?blob\./i.exec(endpoint)?.[1];
  return name?.toLowerCase();
}

function idOf(task: Access['task']): string {
  return `${task.toUpperCase()}_PRINCIPAL_ID`;
}
