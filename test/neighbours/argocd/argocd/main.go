// Two of Argo CD's programs, which it ships in one with eight others: the application controller and the repository server.
package main

import (
	"os"

	controller "github.com/argoproj/argo-cd/v3/cmd/argocd-application-controller/commands"
	repositories "github.com/argoproj/argo-cd/v3/cmd/argocd-repo-server/commands"
	"github.com/spf13/cobra"
)

func main() {
	program := &cobra.Command{Use: "argocd", SilenceUsage: true}
	program.AddCommand(controller.NewCommand(), repositories.NewCommand())
	if program.Execute() != nil {
		os.Exit(1)
	}
}
