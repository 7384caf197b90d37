package report

import (
	"fmt"
	"strings"
	"time"

	"usher/bench/internal/measure"
	"usher/bench/internal/quota"
	"usher/bench/internal/stats"
)

// Limited is an operation that was measured with shares of a processor.
type Limited struct {
	Name   string
	Shares measure.Shares
}

// Shares returns the tables of the memory sizes.
func Shares(all []Limited) string {
	var b strings.Builder
	fmt.Fprintf(&b, "### Memory sizes\n\nThe function with the share of a processor that Lambda gives to a memory size: %d MB have one vCPU. "+
		"The provider's delay is %v, one request in flight. The columns are the 50th and the 99th percentile in milliseconds, for each scheduling period.\n\n",
		quota.OneProcessor, measure.ShareDelay)
	header := []string{"memory in MB"}
	for _, o := range all {
		for _, period := range quota.Periods {
			header = append(header, fmt.Sprintf("%s, %v", o.Name, period))
		}
	}
	t := NewTable(header...)
	for _, size := range quota.Sizes {
		row := []string{fmt.Sprint(size)}
		for _, o := range all {
			for _, period := range quota.Periods {
				row = append(row, middleAndLast(o.Shares[measure.Share{Size: size, Period: period}]))
			}
		}
		t.Row(row...)
	}
	b.WriteString(t.String())
	b.WriteString("\"–\": the share of the period is less than 1 ms, the smallest quota of Linux.\n\n")
	b.WriteString(recommendation(all) + "\n\n" + costs(all))
	return b.String()
}

func middleAndLast(values []float64) string {
	if len(values) == 0 {
		return "–"
	}
	return Number(stats.Percentile(values, 50)) + " / " + Number(stats.Percentile(values, 99))
}

// recommendation names the cheapest size that suits all operations, if all periods agree.
func recommendation(all []Limited) string {
	found := map[time.Duration]int{}
	for _, period := range quota.Periods {
		for _, o := range all {
			size := quota.Cheapest(func(size int) float64 {
				return stats.Percentile(o.Shares[measure.Share{Size: size, Period: period}], 99)
			})
			found[period] = max(found[period], size)
		}
	}
	var texts []string
	for _, period := range quota.Periods {
		texts = append(texts, fmt.Sprintf("%d MB with a period of %v", found[period], period))
	}
	text := fmt.Sprintf("The cheapest size whose 99th percentile is at most %v times that of %d MB, for all of these operations: %s. ",
		quota.Tolerance, quota.OneProcessor, strings.Join(texts, ", "))
	if found[quota.Periods[0]] == found[quota.Periods[1]] {
		return text + fmt.Sprintf("Both agree: **%d MB** are recommended.", found[quota.Periods[0]])
	}
	return text + "They do not agree, so these figures recommend no change."
}

func costs(all []Limited) string {
	var b strings.Builder
	fmt.Fprintf(&b, "### Cost of a million calls\n\nIn US dollars, by the [prices of AWS Lambda](https://aws.amazon.com/lambda/pricing/) on %s: "+
		"%.10f for a GB-second on x86, %.10f on arm64, and 0.20 for a million requests. Each duration is rounded up to 1 ms. "+
		"The durations are those with a period of 20 ms. The arm64 column assumes the same durations.\n\n",
		quota.Dated, quota.PerGBSecondX86, quota.PerGBSecondARM)
	header := []string{"memory in MB"}
	for _, o := range all {
		header = append(header, o.Name+", x86", o.Name+", arm64")
	}
	t := NewTable(header...)
	for _, size := range quota.Sizes {
		row := []string{fmt.Sprint(size)}
		for _, o := range all {
			billed := measure.Billed(o.Shares[measure.Share{Size: size, Period: quota.Periods[1]}])
			row = append(row, Number(quota.PerMillion(size, billed, quota.PerGBSecondX86)), Number(quota.PerMillion(size, billed, quota.PerGBSecondARM)))
		}
		t.Row(row...)
	}
	return b.String() + t.String()
}
