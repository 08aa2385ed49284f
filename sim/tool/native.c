// weft-native: runs a native component as `wasmtime run` would, on this machine's clocks and standard streams.
// `weft-native --help` says how.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../world/weft_world.h"
#include "invoke.h"

#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TRAPPED = 134 }; // as wasmtime ends

typedef struct command {
    const char *action; // "run"
    const char *path;
    const char *call; // of --invoke, or NULL
    const char *first_argument;
    char **arguments;
    uint32_t argument_count;
    char **environment;
    uint32_t variable_count;
    const char *directory;
    bool network, no_tcp, no_udp, names;
    weft_world_directory *directories;
    uint32_t directory_count;
    weft_sim_options options;
    weft_sim_schedule schedule;
    char **always; // what the host does always
    uint32_t always_count;
    bool like_wasmtime, transcript, leaks;

    weft_world *world;
    weft_sim_instance *instance;
    const weft_sim_export *program; // or NULL
    invocation invocation;          // in its place
    bool failed;
} command;

// ---- The command line ----

enum { ARGV0 = 256, DIRECTORY, ENVIRONMENT, INVOKE, SEED, LIKE_WASMTIME, ALWAYS, TRANSCRIPT, LEAKS };

static const struct argp_option options[] = {
    {"env", ENVIRONMENT, "NAME[=VALUE]", 0, "Gives the program a variable, or its own one of that name", 0},
    {"dir", DIRECTORY, "HOST[::GUEST]", 0, "Gives the program a directory, by the name GUEST", 0},
    {"argv0", ARGV0, "NAME", 0, "The program's name in its arguments", 0},
    {"invoke", INVOKE, "CALL", 0, "Calls this export in place of the program, and prints its result", 0},
    {NULL, 'S', "OPTION,...", 0,
     "inherit-env, cwd=DIRECTORY, inherit-network, tcp=n, udp=n, allow-ip-name-lookup; p3 and cli are on "
     "anyhow",
     0},
    {NULL, 'W', "OPTION,...", 0, "Of WebAssembly: none has a meaning here", 0},
    {"seed", SEED, "N", 0, "Draws what a host may choose from N", 0},
    {"like-wasmtime", LIKE_WASMTIME, NULL, 0, "Chooses as wasmtime does", 0},
    {"always", ALWAYS, "WHAT", 0, "Lets the host do always what it may: see weft-sim --help", 0},
    {"transcript", TRANSCRIPT, NULL, 0, "Shows each call of a built-in or an import, and each callback", 0},
    {"leaks", LEAKS, NULL, 0, "Tells at the end which handles the program still has", 0},
    {0}};

static const char usage[] = "run COMPONENT.so [ARGUMENT...]";
static const char words[] =
    "Runs a component that weft_add_component() made under toolchains/native.cmake."
    "\vOptions of the program itself stand behind COMPONENT.so. Ends with the program's code; 134: a trap, or "
    "nothing can go on.";

static void *one_more(void *items, uint32_t count, size_t size)
{
    void *grown = realloc(items, (count + 1) * size);
    if (!grown)
        abort();
    return grown;
}

static void add_variable(command *it, char *text)
{
    if (!strchr(text, '=')) {
        const char *value = getenv(text);
        if (!value)
            return;
        char *both = malloc(strlen(text) + strlen(value) + 2);
        if (!both)
            abort();
        strcat(strcat(strcpy(both, text), "="), value);
        text = both;
    }
    it->environment = one_more(it->environment, it->variable_count, sizeof *it->environment);
    it->environment[it->variable_count++] = text;
}

static void add_directory(command *it, char *text)
{
    char *name = strstr(text, "::");
    if (name)
        *name = 0;
    int number = open(text, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (number < 0)
        stop(text, strerror(errno));
    it->directories = one_more(it->directories, it->directory_count, sizeof *it->directories);
    it->directories[it->directory_count++] = (weft_world_directory){number, name ? name + 2 : text};
}

// Without the network, to have sockets is nothing.
static bool is_on(const char *option)
{
    static const char *const names[] = {"p3", "cli", "tcp", "udp"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(option, names[i]))
            return true;
    return false;
}

static void add_system_option(command *it, char *option)
{
    extern char **environ;
    if (!strcmp(option, "inherit-env"))
        for (char **variable = environ; *variable; variable++)
            add_variable(it, *variable);
    else if (!strncmp(option, "cwd=", 4))
        it->directory = option + 4;
    else if (!strcmp(option, "inherit-network"))
        it->network = true;
    else if (!strcmp(option, "tcp=n"))
        it->no_tcp = true;
    else if (!strcmp(option, "udp=n"))
        it->no_udp = true;
    else if (!strcmp(option, "allow-ip-name-lookup"))
        it->names = true;
    else if (!is_on(option))
        stop(option, "no such option of -S: see weft-native --help");
}

// Components know texts that are UTF-8 only.
static void check_text(const char *text)
{
    size_t length = strlen(text);
    for (size_t at = 0, more; at < length; at += more)
        if (!(more = weft_sim_decode(text + at, (uint32_t)(length - at), NULL)))
            stop(text, "is not UTF-8");
}

static uint64_t seed_of(const char *text)
{
    char *end;
    uint64_t seed = strtoull(text, &end, 0);
    if (!seed || *end)
        stop(text, "is no seed: one is a number from 1 on");
    return seed;
}

// Whatever the order on the command line.
static void choose_options(command *it)
{
    if (it->schedule.seed) {
        it->options = weft_sim_options_swarm(it->schedule.seed);
        it->options.no_memory = 0;
        it->options.fresh_handles = false;
    }
    if (it->like_wasmtime)
        it->options = weft_sim_options_wasmtime();
    for (uint32_t i = 0; i < it->always_count; i++)
        always(&it->options, it->always[i]);
}

static error_t parse(int key, char *value, struct argp_state *state)
{
    command *it = state->input;
    switch (key) {
    case ENVIRONMENT:
        add_variable(it, value);
        return 0;
    case DIRECTORY:
        add_directory(it, value);
        return 0;
    case ARGV0:
        it->first_argument = value;
        return 0;
    case INVOKE:
        it->call = value;
        return 0;
    case 'S':
        for (char *option = strtok(value, ","); option; option = strtok(NULL, ","))
            add_system_option(it, option);
        return 0;
    case 'W':
        return 0;
    case SEED:
        it->schedule.seed = seed_of(value);
        return 0;
    case LIKE_WASMTIME:
        it->like_wasmtime = true;
        return 0;
    case ALWAYS:
        it->always = one_more(it->always, it->always_count, sizeof *it->always);
        it->always[it->always_count++] = value;
        return 0;
    case TRANSCRIPT:
        it->transcript = true;
        return 0;
    case LEAKS:
        it->leaks = true;
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num == 0) {
            if (strcmp(value, "run") != 0)
                argp_error(state, "%s: the command is run", value);
            it->action = value;
            return 0;
        }
        it->path = value;
        it->arguments = state->argv + state->next - 1; // with the path, for the program's name
        it->argument_count = (uint32_t)(state->argc - state->next + 1);
        state->next = state->argc;
        return 0;
    case ARGP_KEY_END:
        if (!it->path)
            argp_usage(state);
        choose_options(it);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

// ---- The run ----

// The export that makes a component a program.
static const weft_sim_export *program_of(const weft_sim_component *component)
{
    static const char name[] = "wasi:cli/run@";
    const weft_sim_export *export;
    for (uint32_t i = 0; (export = weft_sim_export_at(component, i)); i++)
        if (export->func.interface && !strncmp(export->func.interface, name, sizeof name - 1))
            return export;
    stop(component->world, "is no program, for it does not export wasi:cli/run: --invoke calls another export");
}

static void run(weft_sim *sim, void *data)
{
    command *it = data;
    if (it->program) {
        weft_sim_call *call = weft_sim_call_export(it->instance, it->program->func.interface, "run", NULL);
        weft_sim_call_wait(call);
        it->failed = weft_sim_call_result(call)->which;
        weft_sim_call_free(call);
    } else {
        invocation_run(&it->invocation, it->instance);
    }
    weft_world_end(it->world);
    weft_sim_settle(sim); // what can still happen at once does
    weft_sim_stop(sim);
}

static int ended(const command *it, weft_sim *sim, weft_sim_outcome outcome)
{
    int code;
    fflush(stdout);
    if (weft_world_exited(it->world, &code))
        return code;
    if (outcome != WEFT_SIM_STOPPED) {
        fprintf(stderr, "weft-native: %s\n", weft_sim_report(sim));
        return TRAPPED;
    }
    if (it->leaks)
        fputs(weft_sim_leaks(sim), stderr);
    return it->failed;
}

int main(int count, char **arguments)
{
    static command it;
    for (int number = 0; number <= STDERR_FILENO; number++) // no file takes the place of one that is closed
        if (fcntl(number, F_GETFD) < 0 && open("/dev/null", O_RDWR) != number)
            stop("/dev/null", strerror(errno));
    it.schedule.forgets = true;
    argp_parse(&(struct argp){options, parse, usage, words, NULL, NULL, NULL}, count, arguments, ARGP_IN_ORDER,
               NULL, &it);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); // both are errors of the write
    for (uint32_t i = 0; i < it.argument_count; i++)
        check_text(it.arguments[i]);
    for (uint32_t i = 0; i < it.variable_count; i++)
        check_text(it.environment[i]);
    const weft_sim_component *component = load(it.path);
    if (it.call)
        it.invocation = invocation_of(component, it.call);
    else
        it.program = program_of(component);
    if (it.first_argument)
        it.arguments[0] = (char *)it.first_argument;
    weft_sim *sim = weft_sim_new(&it.options, &it.schedule);
    weft_sim_step_limit(sim, UINT64_MAX);
    weft_sim_transcript_to(sim, it.transcript ? stderr : NULL);
    it.world = weft_world_new(sim, &(weft_world_options){.arguments = (const char *const *)it.arguments,
                                                         .argument_count = it.argument_count,
                                                         .environment = (const char *const *)it.environment,
                                                         .variable_count = it.variable_count,
                                                         .directory = it.directory,
                                                         .directories = it.directories,
                                                         .directory_count = it.directory_count,
                                                         .tcp = it.network && !it.no_tcp,
                                                         .udp = it.network && !it.no_udp,
                                                         .names = it.names,
                                                         .hold = it.options.hold,
                                                         .seeded = it.schedule.seed != 0});
    it.instance = weft_sim_instantiate(sim, component);
    weft_world_answer(it.world, component);
    if (it.call)
        invocation_read(&it.invocation, it.instance);
    int code = ended(&it, sim, weft_sim_run(sim, run, &it));
    weft_world_free(it.world);
    weft_sim_free(sim);
    return code;
}
