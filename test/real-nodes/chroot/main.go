// Chroot becomes a program of another root: chroot ROOT PROGRAM [ARGUMENT...], as chroot(1) does.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

func main() {
	root, words := os.Args[1], os.Args[2:]
	check(syscall.Chroot(root))
	check(os.Chdir("/"))
	program, err := exec.LookPath(words[0])
	check(err)
	check(syscall.Exec(program, words, os.Environ()))
}

// Chroot(1) exits with 127 where a program is not found, and 125 where it fails itself.
func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "chroot:", err)
		os.Exit(127)
	}
}
