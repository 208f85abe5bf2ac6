/** Tells the peak of the process's memory when it ends: getrusage, in KiB on Linux. */
process.on('exit', () => {
  process.stderr.write(`peak-kib=${process.resourceUsage().maxRSS}\n`);
});
