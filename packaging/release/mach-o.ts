/**
 * Programs for macOS, and their ad-hoc signature as linkers add it: Apple silicon runs no program without one. Format:
 * mach-o/loader.h of Apple's XNU.
 */
import { adHocSignature, signatureSize } from './code-signature.ts';

/** mach_header_64: little-endian, 32 bytes, then the load commands. */
const MAGIC_64 = 0xfeedfacf;
const NUMBER_OF_COMMANDS = 16;
const SIZE_OF_COMMANDS = 20;
const HEADER_SIZE = 32;

const LC_SEGMENT_64 = 0x19;
const LC_CODE_SIGNATURE = 0x1d;
/** Of a linkedit_data_command: command, size, offset of the data, size of the data. */
const SIGNATURE_COMMAND_SIZE = 16;
/** Fields of a segment_command_64. */
const SEGMENT = { name: 8, vmSize: 32, fileOffset: 40, fileSize: 48, sections: 64, firstSection: 72 };
const SECTION_SIZE = 80;
const SECTION_OFFSET = 48;

/** The larger page of the two architectures: a segment's size in memory is whole pages. */
const MEMORY_PAGE = 16_384;

interface LoadCommand {
  readonly at: number;
  readonly kind: number;
}

/** The program with an ad-hoc signature. Throws for what is no 64-bit Mach-O program, or is signed already. */
export function withAdHocSignature(program: Buffer, identifier: string): Buffer {
  if (program.readUInt32LE(0) !== MAGIC_64) throw new Error('this is no 64-bit program for macOS');
  const commands = loadCommands(program);
  if (commands.some(({ kind }) => kind === LC_CODE_SIGNATURE)) throw new Error('the program is signed already');
  const text = segment(program, commands, '__TEXT');
  const linkEdit = segment(program, commands, '__LINKEDIT');

  const codeSize = roundUp(program.length, 16);
  const size = signatureSize(codeSize, identifier);
  const code = Buffer.alloc(codeSize);
  program.copy(code);
  addSignatureCommand(code, { offset: codeSize, size, roomEnds: firstSectionOffset(program, commands) });
  // The signature is the end of the last segment.
  const fileSize = codeSize + size - Number(code.readBigUInt64LE(linkEdit + SEGMENT.fileOffset));
  code.writeBigUInt64LE(BigInt(fileSize), linkEdit + SEGMENT.fileSize);
  code.writeBigUInt64LE(BigInt(roundUp(fileSize, MEMORY_PAGE)), linkEdit + SEGMENT.vmSize);

  return Buffer.concat([code, adHocSignature(code, identifier, code.readBigUInt64LE(text + SEGMENT.fileSize))]);
}

function loadCommands(program: Buffer): readonly LoadCommand[] {
  const commands: LoadCommand[] = [];
  let at = HEADER_SIZE;
  for (let left = program.readUInt32LE(NUMBER_OF_COMMANDS); left > 0; left -= 1) {
    commands.push({ at, kind: program.readUInt32LE(at) });
    at += program.readUInt32LE(at + 4);
  }
  return commands;
}

function segment(program: Buffer, commands: readonly LoadCommand[], name: string): number {
  const found = commands.find(
    ({ at, kind }) =>
      kind === LC_SEGMENT_64 &&
      program.toString('latin1', at + SEGMENT.name, at + SEGMENT.name + 16).replace(/\0+$/, '') === name,
  );
  if (found === undefined) throw new Error(`the program has no segment ${name}`);
  return found.at;
}

/** Where the content begins: load commands may grow up to there. */
function firstSectionOffset(program: Buffer, commands: readonly LoadCommand[]): number {
  const offsets = commands
    .filter(({ kind }) => kind === LC_SEGMENT_64)
    .flatMap(({ at }) =>
      Array.from({ length: program.readUInt32LE(at + SEGMENT.sections) }, (_, index) =>
        program.readUInt32LE(at + SEGMENT.firstSection + index * SECTION_SIZE + SECTION_OFFSET),
      ),
    );
  // Sections without content, such as zeroed memory, are at 0.
  return Math.min(...offsets.filter((offset) => offset > 0));
}

function addSignatureCommand(code: Buffer, to: { offset: number; size: number; roomEnds: number }): void {
  const commandsSize = code.readUInt32LE(SIZE_OF_COMMANDS);
  const at = HEADER_SIZE + commandsSize;
  if (at + SIGNATURE_COMMAND_SIZE > to.roomEnds) throw new Error('the header has no room for a signature');
  code.writeUInt32LE(LC_CODE_SIGNATURE, at);
  code.writeUInt32LE(SIGNATURE_COMMAND_SIZE, at + 4);
  code.writeUInt32LE(to.offset, at + 8);
  code.writeUInt32LE(to.size, at + 12);
  code.writeUInt32LE(code.readUInt32LE(NUMBER_OF_COMMANDS) + 1, NUMBER_OF_COMMANDS);
  code.writeUInt32LE(commandsSize + SIGNATURE_COMMAND_SIZE, SIZE_OF_COMMANDS);
}

function roundUp(value: number, to: number): number {
  return Math.ceil(value / to) * to;
}
