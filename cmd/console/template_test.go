package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"usher/cmd/internal/console"
	"usher/cmd/internal/console/policy"
	"usher/cmd/internal/console/session"
)

// attributes are settings of a load balancer.
type attributes []struct{ Key, Value string }

func (a attributes) value(key string) string {
	for _, one := range a {
		if one.Key == key {
			return one.Value
		}
	}
	return ""
}

func (a attributes) seconds(t *testing.T, key string) time.Duration {
	t.Helper()
	n, err := strconv.Atoi(a.value(key))
	if err != nil {
		t.Fatalf("%s: %v", key, err)
	}
	return time.Duration(n) * time.Second
}

type portRange struct {
	FromPort, ToPort int
}

// hosting is examples/console/template.yaml, as far as it has to agree with the console.
type hosting struct {
	Resources struct {
		Service struct {
			Properties struct {
				NetworkConfiguration struct {
					AwsvpcConfiguration struct{ AssignPublicIp string }
				}
				LoadBalancers []struct{ ContainerPort int }
			}
		}
		Task struct {
			Properties struct {
				ContainerDefinitions []struct {
					Command                []string
					Environment            []struct{ Name, Value string }
					PortMappings           []struct{ ContainerPort int }
					ReadonlyRootFilesystem bool
					StopTimeout            int
				}
			}
		}
		Logs     struct{ Properties struct{ RetentionInDays int } }
		TaskRole struct {
			Properties struct {
				ManagedPolicyArns []string
				Policies          []struct {
					PolicyDocument struct {
						Statement []struct {
							Effect, Action string
							Resource       []string
						}
					}
				}
			}
		}
		LoadBalancer struct {
			Properties struct {
				Scheme                 string
				LoadBalancerAttributes attributes
			}
		}
		Listener struct {
			Properties struct {
				Protocol string
				Port     int
			}
		}
		Targets struct {
			Properties struct {
				Protocol, HealthCheckPath string
				Port                      int
				TargetGroupAttributes     attributes
			}
		}
		BalancerGroup struct {
			Properties struct{ SecurityGroupIngress, SecurityGroupEgress []portRange }
		}
		FromBalancer struct{ Properties portRange }
	}
}

// parameters are values for the template.
var parameters = strings.NewReplacer("${StaffConnection}", "staff", "ConsoleUrl", "https://console.example.com",
	"UsherUrl", "https://api-vpce.execute-api.eu-central-1.amazonaws.com/live", "${InvokeArn}", "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/live")

func readHosting(t *testing.T) hosting {
	t.Helper()
	text, err := os.ReadFile("../../examples/console/template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var named map[string]any // yaml.v3 matches names in lower case only, encoding/json in any case
	var out hosting
	if err := yaml.Unmarshal(text, &named); err != nil {
		t.Fatal(err)
	}
	if text, err = json.Marshal(named); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// The example starts the console with its flags, on the port and with the health check that it has.
func TestTemplateStartsTheConsole(t *testing.T) {
	all := readHosting(t).Resources
	container := all.Task.Properties.ContainerDefinitions[0]
	getenv := func(name string) string {
		for _, one := range container.Environment {
			if one.Name == name {
				return parameters.Replace(one.Value)
			}
		}
		return ""
	}
	var args []string
	for _, arg := range container.Command {
		args = append(args, parameters.Replace(arg))
	}
	o, err := parseFlags(args, getenv, io.Discard)
	if err != nil || o.auth != authIAM || getenv("AWS_REGION") == "" {
		t.Fatalf("%+v %v", o, err)
	}
	if p, err := o.staff(); err != nil || p.Connection() != "staff" {
		t.Errorf("%v %v", p, err)
	}
	port, err := strconv.Atoi(strings.TrimPrefix(o.addr, ":"))
	ports := []int{
		all.Service.Properties.LoadBalancers[0].ContainerPort, container.PortMappings[0].ContainerPort, all.Targets.Properties.Port,
		all.BalancerGroup.Properties.SecurityGroupEgress[0].FromPort, all.BalancerGroup.Properties.SecurityGroupEgress[0].ToPort,
		all.FromBalancer.Properties.FromPort, all.FromBalancer.Properties.ToPort,
	}
	if slices.ContainsFunc(ports, func(p int) bool { return p != port }) || err != nil {
		t.Errorf("ports %v, want %d everywhere (%v)", ports, port, err)
	}
	handler, err := console.New(console.Options{URL: o.url, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, all.Targets.Properties.HealthCheckPath, nil))
	if w.Code != http.StatusOK {
		t.Errorf("the health check: %d", w.Code)
	}
}

// The example lets nobody in from outside, and keeps a browser at its task for a whole session.
func TestTemplateHosts(t *testing.T) {
	all := readHosting(t).Resources
	container, targets, balancer := all.Task.Properties.ContainerDefinitions[0], all.Targets.Properties, all.LoadBalancer.Properties
	for what, good := range map[string]bool{
		"no public address":         all.Service.Properties.NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp == "DISABLED",
		"internal":                  balancer.Scheme == "internal",
		"https":                     all.Listener.Properties.Protocol == "HTTPS" && all.Listener.Properties.Port == 443,
		"one way in":                len(all.BalancerGroup.Properties.SecurityGroupIngress) == 1,
		"read-only":                 container.ReadonlyRootFilesystem,
		"logs end":                  all.Logs.Properties.RetentionInDays > 0,
		"sticky":                    targets.TargetGroupAttributes.value("stickiness.enabled") == "true",
		"sticky for a session":      targets.TargetGroupAttributes.seconds(t, "stickiness.lb_cookie.duration_seconds") >= session.MaxAge,
		"waits for the slowest":     balancer.LoadBalancerAttributes.seconds(t, "idle_timeout.timeout_seconds") >= newServer(nil).WriteTimeout,
		"lets open requests finish": time.Duration(container.StopTimeout)*time.Second > shutdownTime,
	} {
		if !good {
			t.Errorf("not so: %s", what)
		}
	}
}

// The task's role may call what the console calls for the default roles, and nothing else.
func TestTemplateRole(t *testing.T) {
	role := readHosting(t).Resources.TaskRole.Properties
	if len(role.Policies) != 1 || len(role.Policies[0].PolicyDocument.Statement) != 1 || len(role.ManagedPolicyArns) != 0 {
		t.Fatalf("%+v", role)
	}
	got := role.Policies[0].PolicyDocument.Statement[0]
	for i := range got.Resource {
		got.Resource[i] = parameters.Replace(got.Resource[i])
	}
	text, err := policy.Default("staff").IAM(parameters.Replace("${InvokeArn}"))
	if err != nil {
		t.Fatal(err)
	}
	var want struct {
		Statement []struct {
			Effect, Action string
			Resource       []string
		}
	}
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(got) != fmt.Sprint(want.Statement[0]) {
		t.Errorf("the template allows\n%v, the console needs\n%v", got, want.Statement[0])
	}
}
