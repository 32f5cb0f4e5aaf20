import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.plugins.PluginsLoader;

/** Starts one real Elasticsearch node on loopback: java Node.java PROGRAM DATA HTTP_PORT TRANSPORT_PORT. */
public class Node {
  public static void main(String[] args) throws Exception {
    Path program = Path.of(args[0]);
    Path data = Path.of(args[1]);
    Settings settings = Settings.builder()
        .put("path.home", program.toString())
        .put("path.data", data.resolve("data").toString())
        .put("path.logs", data.resolve("logs").toString())
        .put("cluster.name", "jiebang-test")
        .put("node.name", "node-" + args[2])
        .put("discovery.type", "single-node")
        .put("network.host", "127.0.0.1")
        .put("http.port", args[2])
        .put("transport.port", args[3])
        // A developer's disk is often nearly full; the node would then refuse to write.
        .put("cluster.routing.allocation.disk.threshold_enabled", false)
        .build();
    LogConfigurator.registerErrorListener();
    LogConfigurator.configureESLogging();
    LogConfigurator.configureWithoutConfig(Settings.builder().put("logger.level", "WARN").build());
    Environment environment = new Environment(settings, program.resolve("config"));
    PluginsLoader plugins = PluginsLoader.createPluginsLoader(
        PluginsLoader.loadModulesBundles(environment.modulesDir(), false), Set.of(), Map.of());
    var node = new org.elasticsearch.node.Node(environment, plugins);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      try { node.close(); } catch (Exception e) { e.printStackTrace(); }
    }));
    node.start();
    Thread.currentThread().join();
  }
}
