/** One AWS partition: a world of its own, with its own ARNs, regions and endpoints. */
interface Partition {
  readonly id: string;
  /** Where account-wide services answer and where account-wide findings are filed. */
  readonly homeRegion: string;
  readonly regionPrefixes: readonly string[];
}

/** Source: the SDK's endpoint rules ("partitions.json") and AWS General Reference. */
const partitions: readonly Partition[] = [
  { id: 'aws-cn', homeRegion: 'cn-north-1', regionPrefixes: ['cn-'] },
  { id: 'aws-us-gov', homeRegion: 'us-gov-west-1', regionPrefixes: ['us-gov-'] },
  { id: 'aws-eusc', homeRegion: 'eusc-de-east-1', regionPrefixes: ['eusc-'] },
];

/** The partition a region belongs to. */
export function partitionOf(region: string): string {
  return (
    partitions.find(({ regionPrefixes }) => regionPrefixes.some((prefix) => region.startsWith(prefix)))?.id ?? 'aws'
  );
}

/** The region of a partition where what belongs to a whole account is found. */
export function homeRegion(partition: string): string {
  return partitions.find(({ id }) => id === partition)?.homeRegion ?? 'us-east-1';
}
