// Privileges tells in a line of JSON what a process may do on its node, and what of the node it sees.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

func main() {
	_, noRoot := os.Stat("/host/etc")
	told, err := json.Marshal(map[string]any{
		"user":         os.Getuid(),
		"capabilities": capabilities(),
		"network":      namespace("net"),
		"processes":    namespace("pid"),
		"hostRoot":     noRoot == nil,
	})
	check(err)
	fmt.Println(string(told))
}

// Capabilities that count at the moment, as the kernel writes them (proc(5)).
func capabilities() string {
	status, err := os.ReadFile("/proc/self/status")
	check(err)
	_, after, _ := strings.Cut(string(status), "CapEff:")
	line, _, _ := strings.Cut(after, "\n")
	return strings.TrimSpace(line)
}

func namespace(kind string) string {
	name, err := os.Readlink("/proc/self/ns/" + kind)
	check(err)
	return name
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "privileges:", err)
		os.Exit(1)
	}
}
