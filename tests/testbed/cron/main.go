// The parser of CronJobs and of KEDA, asked about clocks: one line in, one line out. A line is five fields of cron; the
// answer is `refused` and why, or the minutes since 2027-01-01 00:00 UTC at which it fires within as many days as the
// argument says.
package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/robfig/cron/v3"
)

func main() {
	if len(os.Args) != 2 {
		fail("usage: cron DAYS")
	}
	days, err := strconv.Atoi(os.Args[1])
	if err != nil {
		fail(err)
	}
	lines, out := bufio.NewScanner(os.Stdin), bufio.NewWriter(os.Stdout)
	for lines.Scan() {
		answer(out, lines.Text(), days)
	}
	if err := lines.Err(); err != nil {
		fail(err)
	}
	if err := out.Flush(); err != nil {
		fail(err)
	}
}

func answer(out *bufio.Writer, line string, days int) {
	schedule, err := cron.ParseStandard(line)
	if err != nil {
		fmt.Fprintf(out, "refused %q\n", err)
		return
	}
	start := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	end := start.AddDate(0, 0, days)
	fmt.Fprint(out, "fires")
	for next := schedule.Next(start.Add(-time.Minute)); !next.IsZero() && next.Before(end); next = schedule.Next(next) {
		fmt.Fprintf(out, " %d", int(next.Sub(start).Minutes()))
	}
	fmt.Fprintln(out)
}

func fail(reason any) {
	fmt.Fprintln(os.Stderr, reason)
	os.Exit(1)
}
