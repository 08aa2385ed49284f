// weft-native: runs and serves native components as wasmtime would, on this machine's clocks, files, network
// and standard streams. `weft-native --help` says how.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../world/weft_world.h"
#include "invoke.h"
#include "serve.h"

#include <argp.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TRAPPED = 134 }; // as wasmtime ends

typedef struct command {
    bool serves; // or it runs
    const char *address;
    uint32_t instance_count; // of processes that serve
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
    char **faults;
    uint32_t fault_count;
    char **links; // paths of other components
    uint32_t link_count;
    bool like_wasmtime, transcript, leaks, dump, virtual_time, slow, cut;
    uint64_t cut_after;

    weft_sim *sim;
    weft_world *world;
    const weft_sim_component **components; // the one that is run, and the others
    weft_sim_instance **instances;
    weft_world_service service; // if it serves
    invocation invocation;      // in its place
    bool failed;
} command;

// ---- The command line ----

enum {
    ADDRESS = 256,
    INSTANCES,
    NO_MEANING,
    ARGV0,
    DIRECTORY,
    ENVIRONMENT,
    INVOKE,
    SEED,
    LIKE_WASMTIME,
    ALWAYS,
    LINK,
    FAIL,
    VIRTUAL_TIME,
    SLOW,
    CUT,
    DUMP,
    TRANSCRIPT,
    LEAKS
};

static const struct argp_option options[] = {
    {"addr", ADDRESS, "ADDRESS:PORT", 0, "Serves there: 127.0.0.1:8080 if it is not given; 0 is any free port",
     0},
    {"instances", INSTANCES, "N", 0,
     "Serves by so many instances, each in a process of its own: 1 if it is not given", 0},
    {"no-logging-prefix", NO_MEANING, NULL, 0, "Accepted for wasmtime's sake", 0},
    {"max-instance-reuse-count", NO_MEANING, "N", OPTION_HIDDEN, NULL, 0},
    {"max-instance-concurrent-reuse-count", NO_MEANING, "N", OPTION_HIDDEN, NULL, 0},
    {"idle-instance-timeout", NO_MEANING, "T", OPTION_HIDDEN, NULL, 0},
    {"env", ENVIRONMENT, "NAME[=VALUE]", 0, "Gives the program a variable, or its own one of that name", 0},
    {"dir", DIRECTORY, "HOST[::GUEST]", 0, "Gives the program a directory, by the name GUEST", 0},
    {"argv0", ARGV0, "NAME", 0, "The program's name in its arguments", 0},
    {"invoke", INVOKE, "CALL", 0, "Calls this export in place of the program, and prints its result", 0},
    {NULL, 'S', "OPTION,...", 0,
     "inherit-env, cwd=DIRECTORY, inherit-network, tcp=n, udp=n, allow-ip-name-lookup; p3, cli and http are on "
     "anyhow",
     0},
    {NULL, 'W', "OPTION,...", 0, "Of WebAssembly: none has a meaning here", 0},
    {"seed", SEED, "N", 0, "Draws what a host may choose from N", 0},
    {"like-wasmtime", LIKE_WASMTIME, NULL, 0, "Chooses as wasmtime does", 0},
    {"always", ALWAYS, "WHAT", 0, "Lets the host do always what it may: see weft-sim --help", 0},
    {"link", LINK, "OTHER.so", 0,
     "Another component: what one of them exports, the others can import. Again for more of them", 0},
    {"fail", FAIL, "CALL:ERROR[@N|%P]", 0,
     "Lets a call fail, such as open-at or open, by an error, such as insufficient-space or ENOSPC: each time, "
     "the Nth time, or P in 100 of them; * is any call, or any error. A wrong name shows what there is",
     0},
    {"virtual-time", VIRTUAL_TIME, NULL, 0,
     "Lets time go on by itself when all wait, so that no sleep takes long", 0},
    {"slow", SLOW, NULL, 0, "Lets each copy of a stream move a few bytes, and take a while", 0},
    {"cut", CUT, "N", OPTION_ARG_OPTIONAL,
     "Lets the other side of each stream of bytes be gone after N bytes; without N, drawn for each", 0},
    {"dump", DUMP, NULL, 0, "Tells on SIGQUIT and SIGUSR1 what everything waits for", 0},
    {"transcript", TRANSCRIPT, NULL, 0, "Shows each call of a built-in or an import, and each callback", 0},
    {"leaks", LEAKS, NULL, 0, "Tells at the end which handles the program still has", 0},
    {0}};

static const char usage[] = "run COMPONENT.so [ARGUMENT...]\nserve COMPONENT.so";
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
    static const char *const names[] = {"p3", "cli", "http", "tcp", "udp"};
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
    if (!weft_sim_is_utf8(text, strlen(text)))
        stop(text, "is not UTF-8");
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
    case ADDRESS:
        it->address = value;
        return 0;
    case INSTANCES:
        it->instance_count = (uint32_t)number_of(value, 1, 1000, "is no number of instances, from 1 to 1000");
        return 0;
    case NO_MEANING:
        return 0;
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
    case LINK:
        it->links = one_more(it->links, it->link_count, sizeof *it->links);
        it->links[it->link_count++] = value;
        return 0;
    case VIRTUAL_TIME:
        it->virtual_time = true;
        return 0;
    case SLOW:
        it->slow = true;
        return 0;
    case CUT:
        it->cut = true;
        it->cut_after = value ? number_of(value, 0, WEFT_WORLD_CUT_ANYWHERE - 1, "is no number of bytes")
                              : WEFT_WORLD_CUT_ANYWHERE;
        return 0;
    case DUMP:
        it->dump = true;
        return 0;
    case FAIL:
        it->faults = one_more(it->faults, it->fault_count, sizeof *it->faults);
        it->faults[it->fault_count++] = value;
        return 0;
    case TRANSCRIPT:
        it->transcript = true;
        return 0;
    case LEAKS:
        it->leaks = true;
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num == 0) {
            it->serves = !strcmp(value, "serve");
            if (strcmp(value, "run") != 0 && !it->serves)
                argp_error(state, "%s: the command is run or serve", value);
            return 0;
        }
        if (it->path) // wasmtime has options behind the component
            return ARGP_ERR_UNKNOWN;
        it->path = value;
        if (it->serves)
            return 0;
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

static void run(weft_sim *sim, void *data)
{
    command *it = data;
    if (it->call)
        invocation_run(&it->invocation, it->instances[0]);
    else
        it->failed = !weft_world_run(it->instances[0], it->components[0]);
    weft_world_end(it->world);
    weft_sim_settle(sim); // what can still happen at once does
    weft_sim_stop(sim);
}

static void serve(weft_sim *sim, void *data)
{
    command *it = data;
    weft_world_serve(sim, &it->service);
    weft_world_end(it->world);
    weft_sim_settle(sim);
    weft_sim_stop(sim);
}

static void load_all(command *it, const weft_sim_component *(*load)(const char *path))
{
    it->components = realloc(it->components, (it->link_count + 1) * sizeof *it->components);
    it->instances = realloc(it->instances, (it->link_count + 1) * sizeof(weft_sim_instance *));
    if (!it->components || !it->instances)
        abort();
    for (uint32_t i = 0; i <= it->link_count; i++)
        it->components[i] = load(i ? it->links[i - 1] : it->path);
}

static void nobody_exports(weft_sim_call *call, void *data)
{
    const weft_sim_func *func = weft_sim_call_func(call);
    char words[512];
    (void)data;
    snprintf(words, sizeof words, "nobody exports %s%s%s: --link a component that does",
             func->interface ? func->interface : "", func->interface ? "#" : "", func->name);
    weft_sim_unreachable(weft_sim_call_caller(call), words);
}

static void make_all(const command *it)
{
    const weft_sim_func *func;
    for (uint32_t i = 0; i <= it->link_count; i++) {
        it->instances[i] = weft_sim_instantiate(it->sim, it->components[i]);
        for (uint32_t n = 0; (func = weft_sim_import_at(it->components[i], n)); n++)
            weft_sim_answer(it->sim, func->interface, func->name, nobody_exports, NULL);
        weft_world_answer(it->world, it->components[i]);
    }
    for (uint32_t i = 0; i <= it->link_count; i++)
        for (uint32_t j = 0; j <= it->link_count; j++)
            if (i != j)
                weft_sim_link(it->instances[i], it->instances[j]);
}

// What everything waits for: as the host sees it, and then as each component that has weft_dump() does.
static void dump(void *data)
{
    const command *it = data;
    fprintf(stderr, "weft-native: dump:\n%s", weft_sim_leftovers(it->sim));
    for (uint32_t i = 0; i <= it->link_count; i++) {
        Dl_info info = {0};
        void *object = dladdr(it->components[i], &info) ? dlopen(info.dli_fname, RTLD_NOW | RTLD_NOLOAD) : NULL;
        void (*own)(void) = NULL;
        if (object)
            *(void **)&own = dlsym(object, "weft_dump");
        if (own)
            own();
    }
}

// What is drawn needs what it is drawn from.
static void check_seed(const command *it)
{
    if (it->cut && it->cut_after == WEFT_WORLD_CUT_ANYWHERE && !it->schedule.seed)
        stop("--cut", "where is drawn from a --seed: give one, or --cut=N");
}

static bool is_drawn(const char *fault)
{
    const char *error = strrchr(fault, ':') + 1;
    return *error == '*' || strchr(error, '%');
}

static void let_fail(const command *it)
{
    for (uint32_t i = 0; i < it->fault_count; i++) {
        const char *problem = weft_world_fail(it->world, it->faults[i]);
        if (!problem && is_drawn(it->faults[i]) && !it->schedule.seed)
            problem = "what fails by chance, or by any error, is drawn from a --seed: give one";
        if (problem)
            stop("--fail", problem);
    }
}

static const command *running;

// __builtin_trap() in a component is what `unreachable` is on wasm. A debugger sees the signal first.
static void trap(int number)
{
    (void)number;
    weft_sim_unreachable(running->instances[0], "__builtin_trap");
}

static int ended(const command *it, weft_sim_outcome outcome)
{
    weft_sim *sim = it->sim;
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

static void begin_all(command *it)
{
    it->sim = weft_sim_new(&it->options, &it->schedule);
    weft_sim_step_limit(it->sim, UINT64_MAX);
    weft_sim_transcript_to(it->sim, it->transcript ? stderr : NULL);
    it->world =
        weft_world_new(it->sim, &(weft_world_options){.arguments = (const char *const *)it->arguments,
                                                      .argument_count = it->argument_count,
                                                      .environment = (const char *const *)it->environment,
                                                      .variable_count = it->variable_count,
                                                      .directory = it->directory,
                                                      .directories = it->directories,
                                                      .directory_count = it->directory_count,
                                                      .tcp = it->network && !it->no_tcp,
                                                      .udp = it->network && !it->no_udp,
                                                      .names = it->names,
                                                      .hold = it->options.hold,
                                                      .seeded = it->schedule.seed != 0,
                                                      .virtual_time = it->virtual_time,
                                                      .slow = it->slow,
                                                      .cut = it->cut,
                                                      .cut_after = it->cut_after});
    make_all(it);
    let_fail(it);
}

static void end_all(command *it)
{
    weft_world_free(it->world);
    weft_sim_free(it->sim);
}

static weft_sim_outcome run_all(command *it)
{
    begin_all(it);
    if (it->dump) {
        weft_world_on_signal(it->world, SIGQUIT, dump, it);
        weft_world_on_signal(it->world, SIGUSR1, dump, it);
    }
    if (it->call)
        invocation_read(&it->invocation, it->instances[0]);
    it->service.world = it->world;
    it->service.component = it->components[0];
    it->service.instance = it->instances[0];
    running = it;
    sigaction(SIGILL, &(struct sigaction){.sa_handler = trap, .sa_flags = SA_NODEFER}, NULL);
    return weft_sim_run(it->sim, it->serves ? serve : run, it);
}

// A trap is the end of its instances. Another takes their place, for those who come later. What the old one had
// is no leak, but is lost.
static void serve_all(command *it)
{
    char id[32] = "INSTANCE_ID=0";
    begin_all(it); // what is wrong with an option is told once, not by each process that serves
    end_all(it);
    it->service =
        serve_begin(it->address ? it->address : "127.0.0.1:8080", it->instance_count ? it->instance_count : 1);
    if (it->instance_count > 1)
        snprintf(id, sizeof id, "INSTANCE_ID=%u", (unsigned)serve_many(&it->service, it->dump));
    add_variable(it, id);
    for (bool again = false;; again = true) {
        weft_sim_outcome outcome = run_all(it);
        int code = ended(it, outcome);
        if (code != TRAPPED) {
            if (again)
                _exit(code);
            exit(code);
        }
        end_all(it);
        load_all(it, load_again);
    }
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
    check_seed(&it);
    load_all(&it, load);
    if (it.serves) {
        if (!weft_world_is_service(it.components[0]))
            stop(it.path, "is no service, for it does not export wasi:http/handler");
        serve_all(&it);
    }
    if (it.call)
        it.invocation = invocation_of(it.components[0], it.call);
    else if (!weft_world_program(it.components[0]))
        stop(it.components[0]->world,
             "is no program, for it does not export wasi:cli/run: --invoke calls another export");
    if (it.first_argument)
        it.arguments[0] = (char *)it.first_argument;
    int code = ended(&it, run_all(&it));
    end_all(&it);
    return code;
}
