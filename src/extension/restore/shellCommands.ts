import { shellWord } from '../../engine/shellWord.ts';
import { powerShellString as ps } from './quote.ts';

/** The same for two shells, ready to be copied. Every word that is not ours is quoted. */
export interface ShellCommands {
  readonly az: string;
  readonly powerShell: string;
}

export interface ManagedDisk {
  readonly url: string;
  readonly name: string;
  readonly location: string;
  readonly resourceGroup: string;
  /** Resource id of the storage account. */
  readonly account: string;
}

export function managedDiskCommands({ url, name, location, resourceGroup, account }: ManagedDisk): ShellCommands {
  return {
    az: az('disk create', {
      'resource-group': resourceGroup,
      name,
      location,
      source: url,
      'source-storage-account-id': account,
    }),
    powerShell: [
      `$config = New-AzDiskConfig -Location ${ps(location)} -CreateOption Import -SourceUri ${ps(url)} -StorageAccountId ${ps(account)}`,
      `New-AzDisk -ResourceGroupName ${ps(resourceGroup)} -DiskName ${ps(name)} -Disk $config`,
    ].join('\n'),
  };
}

export interface UnmanagedDisk {
  readonly url: string;
  readonly name: string;
  readonly resourceGroup: string;
  readonly vm: string;
  readonly lun: string;
}

export function unmanagedDiskCommands({ url, name, resourceGroup, vm, lun }: UnmanagedDisk): ShellCommands {
  return {
    az: az('vm unmanaged-disk attach', { 'resource-group': resourceGroup, 'vm-name': vm, name, 'vhd-uri': url }),
    powerShell: [
      `$vm = Get-AzVM -ResourceGroupName ${ps(resourceGroup)} -Name ${ps(vm)}`,
      `$vm = Add-AzVMDataDisk -VM $vm -Name ${ps(name)} -VhdUri ${ps(url)} -Lun ${ps(lun)} -CreateOption Attach`,
      `Update-AzVM -ResourceGroupName ${ps(resourceGroup)} -VM $vm`,
    ].join('\n'),
  };
}

export interface Upload {
  readonly path: string;
  /** Of the blob, and of the managed disk. */
  readonly blob: string;
  readonly disk: string;
  readonly location: string;
  readonly resourceGroup: string;
  readonly account: string;
  readonly container: string;
}

/** A page blob with `az`, a managed disk with PowerShell. */
export function uploadCommands({ path, blob, disk, location, resourceGroup, account, container }: Upload): ShellCommands {
  const options = { type: 'page', 'account-name': account, 'container-name': container, name: blob, file: path, 'auth-mode': 'login' };
  return {
    az: az('storage blob upload', options),
    powerShell: `Add-AzVhd -LocalFilePath ${ps(path)} -ResourceGroupName ${ps(resourceGroup)} -Location ${ps(location)} -DiskName ${ps(disk)}`,
  };
}

/** `--name=value`, since a value may begin with a hyphen. */
function az(command: string, options: Readonly<Record<string, string>>): string {
  return [`az ${command}`, ...Object.entries(options).map(([name, value]) => `--${name}=${shellWord(value)}`)].join(' \\\n  ');
}
