import { type Db, GridFSBucket, type ObjectId } from "mongodb";
import type { Offset } from "@countinghouse/core";
import type { SnapshotStore } from "@countinghouse/log";

/**
 * How many snapshots of a partition are kept: the newest, and two to fall back on. Newest by when they were saved: a
 * worker that begins anew because it can use none of them has to get past them.
 */
const KEPT = 3;

/** Snapshots in the hot store. */
export interface HotSnapshotStore extends SnapshotStore {
  /** Keeps a snapshot and lets go of every other of the partition: what a rebuild from the log ends with. */
  replace(partition: number, through: Offset, bytes: Uint8Array): Promise<void>;
}

/**
 * Keeps snapshots in GridFS: bucket `snapshots`, a file per snapshot, with its partition and offset in the metadata.
 * GridFS writes the file's entry after its content, so a half-written snapshot is never listed.
 */
export function createSnapshotStore(database: Db, worker: string): HotSnapshotStore {
  const bucket = new GridFSBucket(database, { bucketName: "snapshots" });
  const furthestFirst = (partition: number) =>
    bucket.find({ filename: nameOf(worker, partition) }).sort({ "metadata.through": -1, uploadDate: -1 });
  const upload = async (partition: number, through: Offset, bytes: Uint8Array): Promise<ObjectId> => {
    const stream = bucket.openUploadStream(nameOf(worker, partition), { metadata: { partition, through } });
    await new Promise<void>((resolve, reject) => {
      stream.once("finish", () => resolve());
      stream.once("error", reject);
      stream.end(bytes);
    });
    return stream.id;
  };
  return {
    async *list(partition) {
      for await (const file of furthestFirst(partition)) {
        const chunks: Uint8Array[] = [];
        for await (const chunk of bucket.openDownloadStream(file._id)) chunks.push(chunk);
        yield joined(chunks);
      }
    },
    async save(partition, through, bytes) {
      await upload(partition, through, bytes);
      const newestFirst = bucket.find({ filename: nameOf(worker, partition) }).sort({ uploadDate: -1 });
      const files = await newestFirst.skip(KEPT).toArray();
      for (const file of files) await bucket.delete(file._id);
    },
    async replace(partition, through, bytes) {
      const kept = await upload(partition, through, bytes);
      const files = await furthestFirst(partition).toArray();
      for (const file of files) if (!file._id.equals(kept)) await bucket.delete(file._id);
    },
  };
}

function nameOf(worker: string, partition: number): string {
  return `${worker}/${partition}`;
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
