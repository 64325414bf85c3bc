import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from './durable-file.js';

/** Where a hub on this machine answers. */
export interface HubAddress {
  readonly url: string;
  readonly pid: number;
  /** SHA-256 of its certificate, in hexadecimal: what the commands on this machine know it by. */
  readonly certificate?: string;
}

/** What `hikeshi serve` leaves for the commands on the same machine. Only the user may read it. */
export class HubFile {
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** The file with the token that works on this machine only. */
  get tokenFile(): string {
    return join(this.folder, 'admin-token');
  }

  async writeAddress(address: HubAddress): Promise<void> {
    await writeWhole(this.addressFile, [JSON.stringify(address)]);
  }

  async address(): Promise<HubAddress | undefined> {
    const text = await readFile(this.addressFile, 'utf8').catch(() => undefined);
    return text === undefined ? undefined : (JSON.parse(text) as HubAddress);
  }

  /** Removes the address, if it is still that of this process. */
  async clearAddress(pid: number): Promise<void> {
    if ((await this.address())?.pid === pid) await rm(this.addressFile, { force: true });
  }

  async writeToken(token: string): Promise<void> {
    await writeWhole(this.tokenFile, [token]);
  }

  async token(): Promise<string | undefined> {
    const text = await readFile(this.tokenFile, 'utf8').catch(() => undefined);
    return text?.trim();
  }

  private get addressFile(): string {
    return join(this.folder, 'address.json');
  }
}
