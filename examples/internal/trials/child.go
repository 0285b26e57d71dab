package trials

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

// ChildEnv is set in the environment of a child, so that the binary of a test knows that it
// is to be the tool.
const ChildEnv = "ZREQ_OTA_CHILD"

// child is this program as another process, with the flags of the tool.
func child(ctx context.Context, errs io.Writer, args ...string) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, args...)
	cmd.Env = append(os.Environ(), ChildEnv+"=1")
	cmd.Stderr = errs
	return cmd, nil
}

// killed is a trial in which the process is killed when it has so many percent of the image.
// A second process must go on.
func killed(percent int) func(context.Context, *yard) error {
	return func(ctx context.Context, y *yard) error {
		flags := []string{"-url", y.origin.url, "-o", y.path}
		end, err := killAt(ctx, percent, flags)
		if err != nil {
			return err
		}
		var errs strings.Builder
		again, err := child(ctx, &errs, flags...)
		if err != nil {
			return err
		}
		if _, err := again.Output(); err != nil {
			return fmt.Errorf("the second process: %w: %s", err, errs.String())
		}
		asked := y.origin.requests()
		y.remark = fmt.Sprintf("%s; the next process asked for %s", end, asked[len(asked)-1])
		return nil
	}
}

// killAt starts a child and kills it when it says that so many percent are there. It returns
// how the system says that the process has ended.
func killAt(ctx context.Context, percent int, flags []string) (string, error) {
	var errs strings.Builder
	cmd, err := child(ctx, &errs, flags...)
	if err != nil {
		return "", err
	}
	says, err := cmd.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := cmd.Start(); err != nil {
		return "", err
	}
	done := 0
	for lines := bufio.NewScanner(says); done < percent && lines.Scan(); {
		_, _ = fmt.Sscanf(strings.TrimSpace(lines.Text()), "%d %%", &done) // or it is another line
	}
	killing := cmd.Process.Kill()
	_, _ = io.Copy(io.Discard, says) // what it has said until then
	if err := cmd.Wait(); err == nil || killing != nil {
		return "", fmt.Errorf("the process has ended by itself: %s", errs.String())
	}
	return fmt.Sprintf("it had %d %% (%s)", done, cmd.ProcessState), nil
}
